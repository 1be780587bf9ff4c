//! What a project says of its seams: `[workspace.metadata.contrait.seams]` and `[package.metadata.contrait.seams]`.

use serde::Deserialize;

use super::gap::Gap;
use crate::error::{Error, Kind};
use crate::source::{Package, Sources};

/// The table.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Settings {
    /// Whether a package without a program is an application nevertheless, or one with a program is none.
    pub(super) application: Option<bool>,
    #[serde(default)]
    allow: Vec<Allowed>,
}

/// A seam that stays open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Allowed {
    /// The end of the path of a trait, of a type that implements one or of a case, or what a boundary is called; or a file or
    /// folder, from the root of the workspace.
    seam: String,
    reason: String,
}

impl Settings {
    pub(super) fn of(package: &Package) -> Result<Self, Error> {
        read(&package.settings, &package.name)
    }
}

fn read(settings: &serde_json::Value, whose: &str) -> Result<Settings, Error> {
    match settings.get("seams") {
        Some(table) => Settings::deserialize(table).map_err(|error| {
            Error::new(
                Kind::Usage,
                format!("`metadata.contrait.seams` of {whose}: {error}"),
            )
            .remedy("it has `application` and `allow`")
        }),
        None => Ok(Settings::default()),
    }
}

/// The gaps that no setting allows.
///
/// # Errors
/// Something is allowed without a reason, or is not there.
pub(super) fn without_allowed(sources: &Sources, gaps: Vec<Gap>) -> Result<Vec<Gap>, Error> {
    let mut allowed = read(&sources.settings, "the workspace")?.allow;
    for package in &sources.packages {
        allowed.extend(Settings::of(package)?.allow);
    }
    for Allowed { seam, reason } in &allowed {
        let wrong = if reason.trim().is_empty() {
            "has no reason: say why it may stay open"
        } else if !gaps.iter().any(|gap| covers(seam, gap)) {
            "is not open: take it away, since what is allowed for nothing hides what comes later"
        } else {
            continue;
        };
        return Err(Error::new(
            Kind::Usage,
            format!("the seam `{seam}` is allowed to be open, and {wrong}"),
        ));
    }
    let is_allowed = |gap: &Gap| allowed.iter().any(|allowed| covers(&allowed.seam, gap));
    Ok(gaps.into_iter().filter(|gap| !is_allowed(gap)).collect())
}

fn covers(seam: &str, gap: &Gap) -> bool {
    let ends = |path: &String| {
        let before = path.strip_suffix(seam);
        before.is_some_and(|before| before.is_empty() || before.ends_with("::"))
    };
    ends(&gap.seam)
        || gap.implementation.as_ref().is_some_and(ends)
        || gap.place.file.starts_with(seam)
}
