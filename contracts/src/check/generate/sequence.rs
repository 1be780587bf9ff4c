//! One generated sequence after the other.

use super::draw::{Draw, Pools};
use super::step::Step;
use crate::check::operation::{Operation, Role};

/// What sequences are like.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many steps a sequence has.
    pub steps: usize,
    /// Whether time may pass between operations, where the contract has a `#[ttl]`.
    pub time: bool,
    /// Whether only methods with one `#[key]` are called, where there is such a method.
    pub keyed_only: bool,
    /// The most different keys of most sequences; now and then one has up to eight times as many.
    pub keys: usize,
    /// Whether methods are called that take what earlier calls made up: whoever runs the sequence then knows how to bind
    /// it.
    pub bound: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            steps: 200,
            time: true,
            keyed_only: false,
            keys: 4,
            bound: false,
        }
    }
}

/// Generates sequences.
#[derive(Debug)]
pub struct Generator {
    rng: fastrand::Rng,
    options: Options,
}

impl Generator {
    /// The same sequences for the same seed.
    pub fn new(seed: u64, options: Options) -> Self {
        Self {
            rng: fastrand::Rng::with_seed(seed),
            options,
        }
    }

    /// The next sequence; empty for a contract without a method that can be driven.
    pub fn sequence<O: Operation>(&mut self) -> Vec<Step<O>> {
        let mut sequence = Vec::with_capacity(self.options.steps);
        self.each(|step| sequence.push(step));
        sequence
    }

    /// What is called before a call, the call, and what is called after it: reads for the most part, if there are any.
    /// `None` for a contract without a method that can be driven.
    pub(crate) fn scenario<O: Operation>(&mut self) -> Option<(Vec<O>, O, Vec<O>)> {
        let all = candidates::<O>(&self.options);
        let changing: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&index| !O::CONTRACT.methods[index].read)
            .collect();
        let reading: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&index| O::CONTRACT.methods[index].read)
            .collect();
        let or_all = |some: Vec<usize>| if some.is_empty() { all.clone() } else { some };
        let (changing, reading) = (or_all(changing), or_all(reading));
        if all.is_empty() {
            return None;
        }
        let mut pools = Pools::new(self.rng.usize(1..=self.options.keys.max(1)));
        let (before, rare) = (self.rng.usize(0..5), self.rng.u8(..4) == 0);
        let mut draw = Draw {
            rng: &mut self.rng,
            pools: &mut pools,
            parameter: None,
            time: false,
        };
        let mut one_of = |methods: &[usize]| {
            let method = *draw.of(methods);
            let Ok(operation) = O::build(method, &mut draw);
            operation
        };
        let before = (0..before).map(|_| one_of(&changing)).collect();
        // What a read is answered may reach the next call, too; but it is what changes something that can be torn.
        let dropped = one_of(&of_one_part::<O>(if rare { &all } else { &changing }));
        let mut after: Vec<O> = (0..8).map(|_| one_of(&reading)).collect();
        after.push(one_of(&changing));
        after.extend((0..3).map(|_| one_of(&reading)));
        Some((before, dropped, after))
    }

    fn each<O: Operation>(&mut self, mut take: impl FnMut(Step<O>)) {
        let methods = self.swarm::<O>();
        if methods.is_empty() {
            return;
        }
        let mut pools = Pools::new(self.keys());
        let time = self.options.time && has_ttl::<O>();
        let mut steps = 0;
        for _ in 0..self.options.steps {
            let mut draw = Draw {
                rng: &mut self.rng,
                pools: &mut pools,
                parameter: None,
                time,
            };
            if time && draw.below(8) == 0 {
                take(Step::Pass(draw.pause()));
                steps += 1;
                continue;
            }
            let mut method = *draw.of(&methods);
            let about = |index: usize| &O::CONTRACT.methods[index];
            if about(method).is_bound() && draw.pools.makers.is_empty() {
                // First something has to be made.
                let makers = methods.iter().filter(|&&index| about(index).makes);
                let makers: Vec<usize> = makers.copied().collect();
                if makers.is_empty() {
                    continue;
                }
                method = *draw.of(&makers);
            }
            let Ok(operation) = O::build(method, &mut draw);
            take(Step::Call(operation));
            steps += 1;
            if about(method).makes {
                pools.makers.push(steps);
            }
        }
    }

    /// How many keys a sequence has: few, so that operations meet, and now and then many, for what only shows then.
    fn keys(&mut self) -> usize {
        let few = self.options.keys.max(1);
        match self.rng.usize(..6) {
            0 => self.rng.usize(few * 4..=few * 8),
            _ => self.rng.usize(1..=few),
        }
    }

    /// The methods of a sequence: each is in it or not, as chance has it.
    fn swarm<O: Operation>(&mut self) -> Vec<usize> {
        let all = candidates::<O>(&self.options);
        let mut some: Vec<usize> = all
            .iter()
            .copied()
            .filter(|_| self.rng.usize(..3) > 0)
            .collect();
        if some.is_empty() {
            some = all;
        }
        some
    }
}

/// Without the methods that concern many parts of the state, which happen part by part: those with no key, or with a list
/// of them, where others have one.
fn of_one_part<O: Operation>(some: &[usize]) -> Vec<usize> {
    let methods = O::CONTRACT.methods;
    if !methods.iter().any(|method| method.keyed) {
        return some.to_vec();
    }
    let of_one = |index: &usize| {
        let mut parameters = methods[*index].parameters.iter();
        parameters.any(|parameter| parameter.role == Role::Key)
    };
    let confined: Vec<usize> = some.iter().copied().filter(of_one).collect();
    if confined.is_empty() {
        some.to_vec()
    } else {
        confined
    }
}

fn candidates<O: Operation>(options: &Options) -> Vec<usize> {
    let methods = O::CONTRACT.methods;
    let all = 0..methods.len();
    let all = all.filter(|&index| options.bound || !methods[index].is_bound());
    let keyed: Vec<usize> = all.clone().filter(|&index| methods[index].keyed).collect();
    if options.keyed_only && !keyed.is_empty() {
        keyed
    } else {
        all.collect()
    }
}

/// Whether anything that the contract stores goes by itself.
pub(crate) fn has_ttl<O: Operation>() -> bool {
    let mut parameters = O::CONTRACT
        .methods
        .iter()
        .flat_map(|method| method.parameters);
    parameters.any(|parameter| parameter.role == Role::Ttl)
}
