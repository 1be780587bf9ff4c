//! Mark 3: the checker of linearizability, its two engines, and its peers, on the same dense histories of eight clients.

mod cell;
mod histories;
mod peers;

use std::time::Duration;

use cell::{Cell, Checked, Found};
use histories::{Kind, Shape};

use crate::{Outcome, line, say};

pub(crate) use cell::asked_for;

/// The goals of mark 3.
const MOST_TIME: Duration = Duration::from_millis(500);
const MOST_MEMORY: usize = 50 << 20;

const SHAPES: [Shape; 8] = [
    Shape {
        kind: Kind::Register,
        operations: 50,
        unknown_percent: 0.0,
    },
    Shape {
        kind: Kind::Register,
        operations: 1_000,
        unknown_percent: 0.0,
    },
    Shape {
        kind: Kind::Register,
        operations: 10_000,
        unknown_percent: 0.0,
    },
    Shape {
        kind: Kind::Register,
        operations: 100_000,
        unknown_percent: 0.0,
    },
    Shape {
        kind: Kind::Register,
        operations: 10_000,
        unknown_percent: 0.5,
    },
    Shape {
        kind: Kind::Register,
        operations: 100_000,
        unknown_percent: 0.1,
    },
    Shape {
        kind: Kind::Cas,
        operations: 100_000,
        unknown_percent: 0.0,
    },
    Shape {
        kind: Kind::KeyValue,
        operations: 100_000,
        unknown_percent: 0.0,
    },
];

/// The shape that the mark is about.
const MARK: usize = 3;

/// Answers what one process was started for.
pub(crate) fn answer(cell: &Cell) -> Outcome<()> {
    let found = match cell.checker {
        Checked::Contrait | Checked::DepthFirst | Checked::Frontier => histories::check(cell),
        Checked::Todc | Checked::Stateright => peers::check(cell),
    };
    cell::tell(found)
}

/// Measures and prints everything.
pub(crate) fn measure() -> Outcome<()> {
    line(format_args!(
        "valid / violating, milliseconds and peak of memory; – cannot, > was stopped"
    ));
    line(format_args!("{:<28}{}", "history", header()));
    let mut marks = Vec::new();
    for (number, shape) in SHAPES.iter().enumerate() {
        let mut row = String::new();
        for checker in Checked::ALL {
            say(format_args!("{shape}: {}", checker.name()));
            let cells = [false, true].map(|spoiled| Cell {
                shape: *shape,
                spoiled,
                checker,
            });
            let found = [cells[0].run()?, cells[1].run()?];
            row += &format!("{:<38}", format!("{} / {}", found[0], found[1]));
            if number == MARK && checker == Checked::Contrait {
                marks = found.into();
            }
        }
        line(format_args!("{:<28}{row}", shape.to_string()));
    }
    print_mark(&marks);
    Ok(())
}

fn header() -> String {
    Checked::ALL
        .map(|checker| format!("{:<38}", checker.name()))
        .concat()
}

fn print_mark(found: &[Found]) {
    let [Found::Answer(valid), Found::Answer(violating)] = found else {
        line(format_args!(
            "mark 3: no answer (100k operations < 500 ms, a violation within 50 MB) short"
        ));
        return;
    };
    let reached =
        valid.time < MOST_TIME && violating.time < MOST_TIME && violating.memory <= MOST_MEMORY;
    let spent = |answer: &cell::Answer| answer.processor.as_secs_f64() * 1000.0;
    line(format_args!(
        "mark 3: 100k operations on one register {:.0} ms (processors {:.0} ms), a violation named in {:.0} ms (processors {:.0} ms) within {} MB (< 500 ms, within 50 MB) {}",
        valid.milliseconds(),
        spent(valid),
        violating.milliseconds(),
        spent(violating),
        violating.memory.div_ceil(1 << 20),
        if reached { "reached" } else { "short" }
    ));
}
