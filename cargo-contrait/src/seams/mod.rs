//! Where a workspace comes apart, and which of the seams are held together by a suite.
//!
//! A seam is a trait that several types implement or that several packages meet at, or a boundary of the application: a
//! route, a consumer, a job. It is open where nothing proves that both sides mean the same: an implementation that runs no
//! suite, a boundary that no test goes through from the outside. All of it is read from the sources and is as good as
//! names are: a seam that is none is left out by the settings, with the reason.

mod boundary;
mod cases;
mod detect;
mod gap;
mod outside_in;
mod priority;
mod report;
mod running;
mod settings;
mod traits;

use crate::cli::WorkspaceArgs;
use crate::error::{Error, Kind, Outcome};
use crate::source::{Facts, Sources};

use boundary::Boundary;
use gap::Gap;
use priority::Priority;
use traits::TraitSeam;

/// The seams.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// Ends with exit code 1 where a seam of this priority, or of a more urgent one, is open; any if not given
    #[arg(long, value_name = "PRIORITY", value_enum, ignore_case = true)]
    #[arg(num_args = 0..=1, default_missing_value = "P2")]
    pub(crate) deny: Option<Priority>,
    /// Prints the seams as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// All that is found.
struct Seams {
    traits: Vec<TraitSeam>,
    boundaries: Vec<Boundary>,
    gaps: Vec<Gap>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Error> {
    let sources = Sources::of(&args.workspace)?;
    let facts = Facts::of(&sources);
    let seams = find(&facts)?;
    if seams.traits.is_empty() && seams.boundaries.is_empty() {
        return Err(Error::new(Kind::Nothing, "there is no seam in this workspace")
            .remedy("a seam is a trait that two types implement or two packages meet at, a route, a consumer or a job"));
    }
    report::print(&seams, args.json)?;
    let denied = |gap: &Gap| args.deny.is_some_and(|least| gap.priority <= least);
    Ok(match seams.gaps.iter().any(denied) {
        true => Outcome::Broken,
        false => Outcome::Fine,
    })
}

fn find(facts: &Facts<'_>) -> Result<Seams, Error> {
    let traits = traits::find(facts);
    let boundaries = boundary::find(facts)?;
    let mut gaps: Vec<Gap> = traits.iter().flat_map(TraitSeam::gaps).collect();
    gaps.extend(boundaries.iter().filter_map(Boundary::gap));
    gaps.extend(cases::gaps(facts));
    let mut gaps = settings::without_allowed(facts.sources, gaps)?;
    gaps.sort();
    Ok(Seams {
        traits,
        boundaries,
        gaps,
    })
}
