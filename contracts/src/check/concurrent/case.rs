//! A program that failed as a case to paste.

use super::orders::Way;
use super::program::{Planned, Program};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation};
use crate::check::pasted::{self, Answers, Head, call_on, together, wait};
use crate::check::schedule::Schedule;

/// So many clients can be joined.
const CLIENTS: usize = 6;

/// `program` as a case, which asserts that one of `ways` is answered. Without a schedule, each client goes on as far as it
/// can.
///
/// # Errors
/// Where there is none, in words.
pub(super) fn case<O: Operation>(
    program: &Program<O>,
    schedule: Option<&Schedule>,
    ways: &[Way<O>],
) -> Result<String, &'static str> {
    let clients = program.clients.iter().enumerate();
    let active: Vec<usize> = clients
        .filter(|(_, calls)| !calls.is_empty())
        .map(|(index, _)| index)
        .collect();
    if active.len() > CLIENTS {
        return Err("there are too many clients");
    }
    let handles = handles(program.shared, active.len());
    let returned = |planned: &&Planned<O>| planned.dropped_after.is_none();
    let calls: Vec<&O> = program
        .clients
        .iter()
        .flatten()
        .filter(returned)
        .map(|planned| &*planned.operation)
        .collect();
    let text = Text {
        answers: Answers::of(&calls, ways),
        handles: &handles,
    };
    let clients: Vec<&[Planned<O>]> = active
        .iter()
        .map(|index| &program.clients[*index][..])
        .collect();
    let schedule = schedule.map(|schedule| schedule.renumbered(&active));
    let head = Head {
        found_by: "concurrent clients",
        name: "found_by_concurrent_clients",
        handles: &handles,
        clock: false,
    };
    Ok(pasted::case::<O>(&head, &text.lines(&clients, schedule)))
}

/// `program` as a case that makes its calls one after the other, by the clients in this order.
pub(super) fn sequential<O: ModelledBy<M>, M: Model>(
    program: &Program<O>,
    order: &[usize],
    model: &M,
) -> String {
    let mut model = model.clone();
    let mut left: Vec<_> = program.clients.iter().map(|calls| calls.iter()).collect();
    let active: Vec<usize> = (0..left.len())
        .filter(|client| order.contains(client))
        .collect();
    let handles = handles(program.shared, active.len());
    let calls: Vec<(usize, &O)> = order
        .iter()
        .filter_map(|client| Some((*client, &*left[*client].next()?.operation)))
        .collect();
    let way: Vec<O::Outcome> = calls
        .iter()
        .map(|(_, call)| call.on_model(&mut model))
        .collect();
    let operations: Vec<&O> = calls.iter().map(|(_, call)| *call).collect();
    let answers = Answers::of(&operations, &[way]);
    let (mut lines, mut names) = (Vec::new(), Vec::new());
    for (index, (client, operation)) in calls.iter().enumerate() {
        let position = active.iter().position(|known| known == client);
        let handle = position.and_then(|position| handles.get(position));
        let handle = handle.unwrap_or(&handles[0]);
        let made = format!("{}{}", call_on(handle, *operation), wait(*operation));
        let taken = answers.taken(index, &made);
        if answers.are_told(index) {
            names.push(format!("answer_{}", names.len() + 1));
            lines.push(format!("let {} = {taken};", names[names.len() - 1]));
        } else {
            lines.push(format!("{taken};"));
        }
    }
    lines.extend(answers.asserted(&names));
    let head = Head {
        found_by: "concurrent clients",
        name: "found_by_concurrent_clients",
        handles: &handles,
        clock: false,
    };
    pasted::case::<O>(&head, &lines)
}

/// What the handles are called: one for all, or one each.
fn handles(shared: bool, clients: usize) -> Vec<String> {
    const NAMES: [&str; CLIENTS] = ["one", "two", "three", "four", "five", "six"];
    if shared {
        vec!["subject".to_owned()]
    } else {
        let names = NAMES.iter().take(clients);
        names.map(|name| (*name).to_owned()).collect()
    }
}

struct Text<'h> {
    answers: Answers,
    handles: &'h [String],
}

impl Text<'_> {
    fn lines<O: Operation>(
        &self,
        clients: &[&[Planned<O>]],
        schedule: Option<Schedule>,
    ) -> Vec<String> {
        let (mut call, mut variables) = (0, Vec::new());
        let (mut patterns, mut blocks) = (Vec::new(), Vec::new());
        for (index, calls) in clients.iter().enumerate() {
            let handle = self.handles.get(index).unwrap_or(&self.handles[0]);
            let statements = self.statements(letter(index), handle, calls, &mut call);
            let names: Vec<String> = names(&statements);
            blocks.extend(block(&statements, &names));
            patterns.push(together(&names));
            variables.extend(names);
        }
        // A tuple of one is none to be joined.
        if let [pattern] = &patterns[..] {
            patterns = vec![pattern.clone(), "()".to_owned()];
            blocks.push("async {},".to_owned());
        }
        let mut lines = used(clients);
        lines.push(match schedule {
            Some(schedule) => format!("let schedule: Schedule = \"{schedule}\".parse().unwrap();"),
            None => {
                "let schedule = Schedule::default(); // what is not in this process has its own"
                    .to_owned()
            }
        });
        lines.push(format!("let {} = schedule", together(&patterns)));
        lines.push("    .join((".to_owned());
        lines.extend(blocks.iter().map(|line| format!("        {line}")));
        lines.push("    ))".to_owned());
        lines.push("    .await;".to_owned());
        lines.extend(self.answers.asserted(&variables));
        lines
    }

    /// What a client does, whose calls are counted on in `call`.
    fn statements<O: Operation>(
        &self,
        client: char,
        handle: &str,
        calls: &[Planned<O>],
        call: &mut usize,
    ) -> Vec<Statement> {
        let mut told = 0;
        let statement = |planned: &Planned<O>| {
            let operation = &*planned.operation;
            let made = match wait(operation) {
                // It is made when it has its turn.
                "" => format!("async {{ {} }}", call_on(handle, operation)),
                _ => call_on(handle, operation),
            };
            if let Some(polls) = planned.dropped_after {
                let made = format!("call(dropped_at_poll({polls}, {made})).await");
                return Statement::new("_".to_owned(), made);
            }
            let taken = self.answers.taken(*call, &format!("call({made}).await"));
            *call += 1;
            if !self.answers.are_told(*call - 1) {
                return Statement::new(String::new(), taken);
            }
            told += 1;
            Statement::new(format!("{client}{told}"), taken)
        };
        calls.iter().map(statement).collect()
    }
}

/// A line of a client.
struct Statement {
    /// What the expression is called from then on: `_` where nobody asks for it, and nothing where it is `()`.
    name: String,
    expression: String,
}

impl Statement {
    fn new(name: String, expression: String) -> Self {
        Self { name, expression }
    }

    fn written(&self) -> String {
        let Self { name, expression } = self;
        match &name[..] {
            "" => format!("{expression};"),
            name => format!("let {name} = {expression};"),
        }
    }
}

fn names(statements: &[Statement]) -> Vec<String> {
    let names = statements.iter().map(|statement| statement.name.clone());
    names
        .filter(|name| !matches!(&name[..], "" | "_"))
        .collect()
}

/// A future of these statements, which yields what has these names.
fn block(statements: &[Statement], names: &[String]) -> Vec<String> {
    let (statements, last) = match (statements, names) {
        ([before @ .., last], [name]) if last.name == *name => {
            (before, Some(last.expression.clone()))
        }
        _ => (statements, (!names.is_empty()).then(|| together(names))),
    };
    // What is only awaited needs no block.
    if let ([], Some(call)) = (statements, &last)
        && let Some(call) = call.strip_suffix(".await")
    {
        return vec![format!("{call},")];
    }
    let mut lines = vec!["async {".to_owned()];
    let all = statements.iter().map(Statement::written).chain(last);
    lines.extend(all.map(|line| format!("    {line}")));
    lines.push("},".to_owned());
    lines
}

fn used<O>(clients: &[&[Planned<O>]]) -> Vec<String> {
    let mut calls = clients.iter().flat_map(|calls| calls.iter());
    let mut lines = Vec::new();
    if calls.any(|planned| planned.dropped_after.is_some()) {
        lines.push("use contrait::check::cancellation::dropped_at_poll;".to_owned());
    }
    lines.push("use contrait::check::schedule::{Schedule, call};".to_owned());
    lines.push(String::new());
    lines
}

fn letter(client: usize) -> char {
    (b'a' + client as u8) as char
}
