//! The table at the end: throughputs as criterion estimated them, and the ratios of adapters to bare clients.
//!
//! criterion prints no ratio between members of a group, but leaves its estimates in files. Those that are older than
//! the run belong to another one.

use std::fmt::{self, Write};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::contender::Contender;
use crate::plot::{self, Group};
use crate::work::Shape;

/// What an adapter should reach of its bare client's throughput.
const AIM: f64 = 0.95;
/// What a reader has to know of a ratio that is far from one.
const ONE_TASK: &str = "One task at a time waits for a server that is asleep: a round trip on loopback takes some 10 µs where the system\n\
    has client and server share a core, and 50 to 80 where it wakes another. Such ratios swing; those of 64 tasks do not.";

/// What was measured in this run.
pub(crate) struct Table {
    columns: Vec<Column>,
}

struct Column {
    name: &'static str,
    cells: Vec<(Shape, Cell)>,
}

#[derive(Clone, Copy)]
struct Cell {
    /// Operations a second.
    throughput: f64,
    ratio: Option<f64>,
}

impl Table {
    /// What `contenders` have left in criterion's `directory` since `began`.
    pub(crate) fn read(
        contenders: &[Box<dyn Contender>],
        directory: &Path,
        began: SystemTime,
    ) -> Self {
        let column = |contender: &dyn Contender| {
            let cell = |shape: Shape| {
                let seconds = estimate(directory, shape, contender.name(), began)?;
                let cell = Cell {
                    throughput: shape.tasks as f64 / seconds,
                    ratio: contender.ratio(shape),
                };
                Some((shape, cell))
            };
            Column {
                name: contender.name(),
                cells: Shape::all().filter_map(cell).collect(),
            }
        };
        let mut columns: Vec<_> = contenders
            .iter()
            .map(|contender| column(&**contender))
            .collect();
        columns.retain(|column| !column.cells.is_empty());
        Self { columns }
    }

    /// All throughputs as a picture.
    pub(crate) fn plot(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|column| column.name).collect();
        let group = |shape: Shape| Group {
            label: shape.to_string(),
            bars: (0..)
                .zip(&self.columns)
                .filter_map(|(index, column)| Some((index, column.cell(shape)?.throughput)))
                .collect(),
        };
        let shapes = Shape::all().filter(|shape| self.has(*shape));
        let groups: Vec<_> = shapes.map(group).collect();
        plot::svg("operations a second", &names, &groups)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}

/// The seconds of an iteration, if they were estimated since `began`.
fn estimate(directory: &Path, shape: Shape, name: &str, began: SystemTime) -> Option<f64> {
    // criterion makes one name of a directory out of that of a group.
    let group = shape.to_string().replace('/', "_");
    let path = directory.join(group).join(name).join("new/estimates.json");
    if fs::metadata(&path).ok()?.modified().ok()? < began {
        return None;
    }
    let estimates: serde_json::Value = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
    // There is a slope only where the samples differ in length; criterion prints the same of the two.
    let nanoseconds = |name: &str| estimates[name]["point_estimate"].as_f64();
    Some(nanoseconds("slope").or_else(|| nanoseconds("mean"))? / 1e9)
}

impl Column {
    fn cell(&self, shape: Shape) -> Option<Cell> {
        let found = self.cells.iter().find(|(other, _)| *other == shape);
        found.map(|(_, cell)| *cell)
    }

    /// Every ratio with the name of its shape, from the lowest.
    fn ratios(&self) -> Vec<(f64, Shape)> {
        let ratio = |(shape, cell): &(Shape, Cell)| Some((cell.ratio?, *shape));
        let mut ratios: Vec<_> = self.cells.iter().filter_map(ratio).collect();
        ratios.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        ratios
    }

    /// Whether the aim is reached, and where it is not; nothing for a backend that adapts no client.
    fn verdict(&self) -> Option<String> {
        let ratios = self.ratios();
        let short: Vec<_> = ratios.iter().filter(|(ratio, _)| *ratio < AIM).collect();
        let (lowest, shape) = ratios.first()?;
        let mut text = match short.len() {
            0 => format!("reached  (lowest {lowest:.3}: {shape})"),
            short => format!("short    in {short} of {}:", ratios.len()),
        };
        for (ratio, shape) in short {
            write!(text, "\n           {ratio:.3}  {shape}").expect("a string takes all");
        }
        Some(text)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<30}", "operations a second")?;
        for column in &self.columns {
            write!(f, "{:>18} {:>8}", column.name, column.heading())?;
        }
        writeln!(f)?;
        for shape in Shape::all().filter(|shape| self.has(*shape)) {
            write!(f, "{:<30}", shape.to_string())?;
            for column in &self.columns {
                write_cell(f, column.cell(shape))?;
            }
            writeln!(f)?;
        }
        self.verdicts(f)
    }
}

impl Table {
    fn has(&self, shape: Shape) -> bool {
        self.columns
            .iter()
            .any(|column| column.cell(shape).is_some())
    }

    fn verdicts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = |column: &Column| Some((column.name, column.verdict()?));
        let verdicts: Vec<_> = self.columns.iter().filter_map(verdict).collect();
        if verdicts.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "\naim: an adapter reaches at least {AIM} of its bare client's throughput, in turns with it"
        )?;
        for (name, verdict) in verdicts {
            writeln!(f, "{name:<16} {verdict}")?;
        }
        writeln!(f, "\n{ONE_TASK}")
    }
}

impl Column {
    fn heading(&self) -> &'static str {
        if self.ratios().is_empty() {
            ""
        } else {
            "of bare"
        }
    }
}

fn write_cell(f: &mut fmt::Formatter<'_>, cell: Option<Cell>) -> fmt::Result {
    let Some(Cell { throughput, ratio }) = cell else {
        return write!(f, "{:>27}", "");
    };
    write!(f, "{throughput:>18.0} ")?;
    match ratio {
        Some(ratio) => write!(f, "{ratio:>8.3}"),
        None => write!(f, "{:>8}", ""),
    }
}
