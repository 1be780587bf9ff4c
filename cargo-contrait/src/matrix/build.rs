//! From records to the matrix.

use std::borrow::Cow;
use std::collections::HashMap;

use super::resolve::{Place, Resolver, is_judging};
use super::{Backend, Case, Cell, Failure, Matrix, Others, State, Suite, Totals, VERSION};
use crate::record::{Ended, Ending, Record, Records, TestState};

/// Why a cell is empty where nothing lists the tests.
const NO_RECORD: &str = "no record of it: it was filtered out, is not built in, or is ignored";
/// Why a cell is empty where the tests are listed.
const NO_TEST: &str = "this backend has no such test in what was built";

/// Why a cell is empty where the suite is judged.
const ONLY_REFERENCES: &str = "it judges the suite, which is done on reference backends alone";

/// A backend's name and package.
pub(super) type Column<'t> = (Cow<'t, str>, Cow<'t, str>);

/// A suite while it is being filled.
#[derive(Default)]
pub(super) struct Filling<'t> {
    pub(super) columns: HashMap<Column<'t>, Option<Cow<'t, str>>>,
    cases: HashMap<Cow<'t, str>, CaseFilling<'t>>,
}

#[derive(Default)]
struct CaseFilling<'t> {
    promise: Cow<'t, str>,
    tags: Vec<Cow<'t, str>>,
    file: Cow<'t, str>,
    line: u32,
    generated: bool,
    cells: HashMap<Column<'t>, Cell<'t>>,
}

impl<'t> Matrix<'t> {
    pub(crate) fn new(records: Records<'t>) -> Self {
        let mut resolver = Resolver::default();
        let mut suites: HashMap<Cow<'t, str>, Filling<'t>> = HashMap::new();
        for (record, binary) in records.cases {
            resolver.learn(&record, binary);
            suites
                .entry(record.suite.clone())
                .or_default()
                .record(record);
        }
        resolver.learn_listed(&records.binaries);
        let others = listed(&records.binaries, &resolver, &mut suites);
        let empty = if records.binaries.is_empty() {
            NO_RECORD
        } else {
            NO_TEST
        };
        let mut suites: Vec<Suite<'t>> = suites
            .into_iter()
            .map(|(path, filling)| filling.finish(path, empty))
            .collect();
        suites.sort_by(|a, b| a.path.cmp(&b.path));
        let died = records.binaries.iter().filter_map(|binary| {
            let why = binary.died.as_ref()?;
            Some(format!("{}/{}: {why}", binary.package, binary.name))
        });
        Self {
            version: VERSION,
            totals: suites.iter().map(|suite| suite.totals).sum(),
            suites,
            others,
            died: died.collect(),
            broken: records.broken,
            run: None,
            history: Vec::new(),
        }
    }
}

/// Puts the tests that left no record where they belong, and counts those that belong to no suite.
fn listed<'t>(
    binaries: &[Ended],
    resolver: &Resolver<'t>,
    suites: &mut HashMap<Cow<'t, str>, Filling<'t>>,
) -> Others {
    let mut others = Others::default();
    for (index, binary) in binaries.iter().enumerate() {
        for test in &binary.tests {
            match resolver.place(index, binary, &test.name) {
                Place::Cell {
                    suite,
                    column,
                    case,
                } => {
                    let filling = suites.entry(suite).or_default();
                    filling.listed(column, case, &test.state);
                }
                Place::Elsewhere => match test.state {
                    TestState::Passed => others.passed += 1,
                    TestState::Ignored(_) => others.ignored += 1,
                    TestState::Absent(_) => others.not_run += 1,
                    TestState::Failed => {
                        others
                            .failed
                            .push(format!("{}/{} {}", binary.package, binary.name, test.name));
                    }
                },
            }
        }
    }
    others
}

fn unrecorded<'t>(state: &TestState) -> Option<Cell<'t>> {
    Some(match state {
        TestState::Ignored(Some(reason)) => Cell::without_run(State::Lacking, reason.clone()),
        TestState::Ignored(None) => {
            Cell::without_run(State::NotRun, "it is ignored, without a reason")
        }
        TestState::Absent(why) => Cell::without_run(State::NotRun, why.clone()),
        TestState::Failed => Cell::without_run(State::Failed, "it failed without leaving a record"),
        TestState::Passed => return None,
    })
}

impl<'t> Filling<'t> {
    fn record(&mut self, record: Record<'t>) {
        let generated = record.is_generated();
        let column = (record.backend.clone(), record.package.clone());
        let server = self.columns.entry(column.clone()).or_default();
        if server.is_none() {
            server.clone_from(&record.server);
        }
        let case = self.cases.entry(record.case.clone()).or_default();
        if case.line == 0 {
            case.promise = record.promise.clone();
            case.tags.clone_from(&record.tags);
            case.file = record.file.clone();
            case.line = record.line;
            case.generated = generated;
        }
        case.put(column, Cell::from(record));
    }

    /// What libtest says of a test. Where there is a record it says more, but for a case with `#[should_panic]`, which
    /// libtest turns round.
    fn listed(&mut self, column: Column<'t>, case: Cow<'t, str>, state: &TestState) {
        self.columns.entry(column.clone()).or_default();
        let case = self.cases.entry(case).or_default();
        match (state, case.cells.get_mut(&column)) {
            (TestState::Passed, Some(cell)) if cell.failed_runs == cell.runs && cell.runs > 0 => {
                cell.turn_round(State::Passed, "it fails, as `#[should_panic]` says");
            }
            (TestState::Failed, Some(cell)) if cell.state == State::Passed => {
                cell.turn_round(State::Failed, "it passes its assertions, and libtest says that it failed: is it marked `#[should_panic]`?");
            }
            (_, Some(cell)) if cell.runs > 0 => {}
            _ => {
                if let Some(cell) = unrecorded(state) {
                    case.put(column, cell);
                }
            }
        }
    }

    fn finish(mut self, path: Cow<'t, str>, empty: &'static str) -> Suite<'t> {
        let mut columns: Vec<(Column<'t>, Option<Cow<'t, str>>)> = self.columns.drain().collect();
        columns.sort_by(|(a, _), (b, _)| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
        let mut cases: Vec<(Cow<'t, str>, CaseFilling<'t>)> = self.cases.drain().collect();
        cases.sort_by(|a, b| order(a).cmp(&order(b)));
        gather_groups(&mut cases);
        let cases: Vec<Case<'t>> = cases
            .into_iter()
            .map(|(name, case)| case.finish(name, &columns, empty))
            .collect();
        let backends = columns
            .into_iter()
            .map(|((name, package), server)| Backend {
                name,
                package,
                server,
                duration_us: 0,
                totals: Totals::default(),
            });
        let mut suite = Suite {
            path,
            backends: backends.collect(),
            cases,
            totals: Totals::default(),
        };
        suite.count();
        suite
    }
}

/// As they are written. What never ran has no line, and comes after them; what is generated comes last, by name.
fn order<'f>((name, case): &'f (Cow<'_, str>, CaseFilling<'_>)) -> impl Ord + use<'f> {
    let generated = case.generated || name.starts_with("generated::") || is_judging(name);
    let place = (!generated).then_some((case.line == 0, &*case.file, case.line));
    (generated, place, &**name)
}

/// Cases of no group first, then group by group, each where its first case stands.
fn gather_groups(cases: &mut [(Cow<'_, str>, CaseFilling<'_>)]) {
    let group = |name: &str| name.rsplit_once("::").map(|(group, _)| group.to_owned());
    let mut first = HashMap::new();
    for (index, (name, _)) in cases.iter().enumerate() {
        if let Some(group) = group(name) {
            first.entry(group).or_insert(index + 1);
        }
    }
    cases.sort_by_key(|(name, _)| group(name).map_or(0, |group| first[&group]));
}

impl<'t> CaseFilling<'t> {
    /// Of several runs the worst counts, and how many there were is kept.
    fn put(&mut self, column: Column<'t>, cell: Cell<'t>) {
        let Some(known) = self.cells.get_mut(&column) else {
            self.cells.insert(column, cell);
            return;
        };
        let runs = known.runs + cell.runs;
        let failed_runs = known.failed_runs + cell.failed_runs;
        if cell.state > known.state {
            *known = cell;
        }
        known.runs = runs;
        known.failed_runs = failed_runs;
    }

    fn finish(
        mut self,
        name: Cow<'t, str>,
        columns: &[(Column<'t>, Option<Cow<'t, str>>)],
        empty: &'static str,
    ) -> Case<'t> {
        self.tell_ignored_from_lacking();
        let cells = columns.iter().map(|(column, _)| {
            let cell = self.cells.remove(column);
            cell.unwrap_or_else(|| match is_judging(&name) {
                true => Cell::without_run(State::NotOwed, ONLY_REFERENCES),
                false => Cell::without_run(State::NotRun, empty),
            })
        });
        let cells: Vec<Cell<'t>> = cells.collect();
        Case {
            name,
            promise: self.promise,
            tags: self.tags,
            file: self.file,
            line: self.line,
            cells,
        }
    }

    /// libtest shows both alike. What several backends, and all, ignore for one reason is the case's own `#[ignore]`.
    fn tell_ignored_from_lacking(&mut self) {
        let mut cells = self.cells.values();
        let Some(first) = cells.next() else { return };
        let alike = |cell: &Cell<'_>| {
            cell.state == State::Lacking && cell.runs == 0 && cell.reason == first.reason
        };
        if self.cells.len() < 2 || !self.cells.values().all(alike) {
            return;
        }
        for cell in self.cells.values_mut() {
            cell.state = State::NotRun;
            let reason = cell.reason.take().unwrap_or_default();
            cell.reason = Some(format!("it is ignored: {reason}").into());
        }
    }
}

impl<'t> Cell<'t> {
    fn turn_round(&mut self, state: State, why: &'static str) {
        self.state = state;
        self.reason = Some(why.into());
        self.failure = None;
        self.operations.clear();
        self.failed_runs = if state == State::Failed { self.runs } else { 0 };
    }
}

impl<'t> From<Record<'t>> for Cell<'t> {
    fn from(record: Record<'t>) -> Self {
        let failed = record.outcome == Ending::Failed;
        let failure = record.reason.as_deref().filter(|_| failed).map(Failure::of);
        Self {
            state: match record.outcome {
                Ending::Passed => State::Passed,
                Ending::Failed => State::Failed,
                Ending::Lacking => State::Lacking,
            },
            reason: record.reason,
            seed: Some(record.seed),
            duration_us: record.duration_us,
            runs: 1,
            failed_runs: usize::from(failed),
            operations: record.operations,
            operations_dropped: record.operations_dropped,
            failure,
        }
    }
}
