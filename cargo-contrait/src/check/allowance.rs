//! What a project allows, each with its reason: taken from the findings, and itself a finding where there is nothing to allow.

use super::finding::{Finding, Rule};
use super::settings::{self, Allowed};
use crate::error::Error;
use crate::source::{Place, Sources};

pub(crate) fn apply(sources: &Sources, findings: &[Finding]) -> Result<Vec<Finding>, Error> {
    let allowed = settings::allowed(sources)?;
    let unused = allowed
        .iter()
        .filter(|allowed| !findings.iter().any(|finding| covers(allowed, finding)))
        .map(unused);
    let kept = findings
        .iter()
        .filter(|finding| !allowed.iter().any(|allowed| covers(allowed, finding)))
        .cloned();
    Ok(kept.chain(unused).collect())
}

fn covers(allowed: &Allowed, finding: &Finding) -> bool {
    let of_the_kind = allowed.finding.is_none_or(|rule| rule == finding.rule);
    let within = &allowed.within;
    let ends = finding.case.strip_suffix(within.as_str());
    let is_case = ends.is_some_and(|before| before.is_empty() || before.ends_with("::"));
    of_the_kind && (is_case || finding.place.file.starts_with(within))
}

fn unused(allowed: &Allowed) -> Finding {
    let within = &allowed.within;
    let what = allowed.finding.map_or_else(
        || "something".to_owned(),
        |rule| format!("`{}`", rule.name()),
    );
    Finding {
        place: Place {
            file: "Cargo.toml".into(),
            line: 1,
            column: 1,
        },
        rule: Rule::Allowance,
        case: within.clone(),
        message: format!("{what} is allowed in `{within}`, and nothing is found there"),
        remedy: "take it away: what is allowed for nothing hides what comes later".to_owned(),
    }
}
