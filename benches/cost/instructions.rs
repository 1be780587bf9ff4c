//! How many instructions the compiler takes for the tests, from clean and after an edit of a case.
//!
//! Processor time differs by a tenth from run to run where a machine is shared, and counts cargo, the linker and the
//! system, which all approaches have alike. Instructions of rustc do not differ, and are what an approach can change. To
//! count them takes minutes, so only the approaches that the goals speak of are counted.

use crate::Outcome;
use crate::approach::{Approach, BASELINE, FLOOR, OURS};
use crate::generate;
use crate::options::Options;
use crate::progress::progress;
use crate::project::Project;
use crate::rounds::size;
use crate::workspace;

/// The crate of the tests.
const TESTS: &str = "suite";

/// Instructions of rustc for the crate of an approach's tests.
pub(crate) struct Counted {
    pub(crate) approach: &'static Approach,
    pub(crate) clean: f64,
    pub(crate) case_edit: f64,
}

/// Counts for the main number of backends; nothing where there is no valgrind.
pub(crate) fn measure(options: &Options) -> Outcome<Vec<Counted>> {
    let mut all = Vec::new();
    for &approach in &options.approaches {
        if [OURS, FLOOR, BASELINE].contains(&approach.name) {
            progress(format!("{}: counting instructions", approach.name));
            all.extend(count(approach, options)?);
        }
    }
    Ok(all)
}

/// One of the two counts.
pub(crate) type Count = fn(&Counted) -> f64;

/// A count of the approach of that name against that of the hand-written duplicates.
pub(crate) fn ratio(all: &[Counted], name: &str, count: Count) -> Option<f64> {
    let of = |name| all.iter().find(|counted| counted.approach.name == name);
    Some(count(of(name)?) / count(of(BASELINE)?))
}

fn count(approach: &'static Approach, options: &Options) -> Outcome<Option<Counted>> {
    let project = Project::new(approach.name);
    let mut size = size(options, options.main_backends());
    let write = |size| generate::write(approach, size, workspace::root(), project.directory());
    write(size)?;
    project.fetch()?;
    // What comes first is not counted, and has to be there.
    project.build_tests()?;
    project.clean(&approach.packages())?;
    let Some(clean) = project.count_tests(TESTS)? else {
        return Ok(None);
    };
    size.case_edit = 1;
    write(size)?;
    let case_edit = project.count_tests(TESTS)?;
    Ok(case_edit.map(|case_edit| Counted {
        approach,
        clean,
        case_edit,
    }))
}
