//! The checklist as a lint: what a reviewer would ask of each case, asked of all of them at every change.
//!
//! It reads the sources and runs nothing, so that it says nothing of whether a case is right: only of what makes a case
//! worthless however right it looks. Generated checks are no cases. What a project asks for beyond that stands in its
//! manifest, see [`Settings`].

mod allowance;
mod finding;
mod report;
mod rules;
mod settings;

use crate::cli::WorkspaceArgs;
use crate::error::{Error, Kind, Outcome};
use crate::source::{Facts, Sources};

use finding::{Finding, Rule};
use rules::Subject;
use settings::Settings;

/// The lint.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// Ends with exit code 1 where there is such a finding; with any, if none is named
    #[arg(long, value_name = "FINDING", value_enum, num_args = 0.., value_delimiter = ',', require_equals = true)]
    pub(crate) deny: Option<Vec<Rule>>,
    /// Prints the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Error> {
    let sources = Sources::of(&args.workspace)?;
    let facts = Facts::of(&sources);
    let subjects = subjects(&facts)?;
    if subjects.is_empty() {
        return Err(Error::new(Kind::Nothing, "there is no suite in this workspace, and no case to check")
            .remedy("a suite is a module with `#[contract_suite(Trait)]`; `cargo contrait new` writes a first one"));
    }
    let findings = find(&facts, &subjects)?;
    report::print(&findings, &subjects, args.json)?;
    Ok(outcome(&findings, args.deny.as_deref()))
}

fn outcome(findings: &[Finding], deny: Option<&[Rule]>) -> Outcome {
    let denied = |finding: &Finding| {
        deny.is_some_and(|rules| rules.is_empty() || rules.contains(&finding.rule))
    };
    match findings.iter().any(denied) {
        true => Outcome::Broken,
        false => Outcome::Fine,
    }
}

/// The cases, and the tests where their package asks for it.
fn subjects<'f, 'a>(facts: &'f Facts<'a>) -> Result<Vec<Subject<'f, 'a>>, Error> {
    let mut subjects = Vec::new();
    for suite in &facts.suites {
        let settings = Settings::of(facts.sources, suite.module)?;
        let cases = suite.cases.iter();
        subjects.extend(cases.map(|case| Subject {
            path: format!("{}::{}", suite.path, case.name),
            function: &case.function,
            is_case: true,
            settings: settings.clone(),
        }));
    }
    for function in facts.functions.iter().filter(|function| function.is_test()) {
        let settings = Settings::of(facts.sources, function.module)?;
        if settings.tests {
            subjects.push(Subject {
                path: function.path.clone(),
                function,
                is_case: false,
                settings,
            });
        }
    }
    Ok(subjects)
}

/// All findings, in the order of files and lines.
fn find<'f, 'a>(facts: &'f Facts<'a>, subjects: &[Subject<'f, 'a>]) -> Result<Vec<Finding>, Error> {
    let mut findings = rules::apply(facts, subjects);
    findings.sort();
    // What two cases call is told once.
    findings.dedup_by(|later, earlier| later.rule == earlier.rule && later.place == earlier.place);
    allowance::apply(facts.sources, &findings)
}
