//! What criterion leaves: for each benchmark a folder with `new/benchmark.json`, which says what it is, and
//! `new/estimates.json`, which says how long it takes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// What is compared.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Group {
    /// The group's name, with the input's where there is one.
    pub(crate) name: String,
    /// What was measured in it, by name.
    pub(crate) members: Vec<Member>,
}

/// A member of a group.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// How long it takes, in nanoseconds: the slope where criterion fitted one, and else the mean.
    pub(crate) nanoseconds: f64,
    /// The bounds of its confidence interval, in nanoseconds.
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
}

#[derive(Deserialize)]
struct Estimates {
    mean: Estimate,
    slope: Option<Estimate>,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

/// All groups below a folder; none where there is no folder.
pub(super) fn read(folder: &Path) -> Result<Vec<Group>, Error> {
    let mut found = Vec::new();
    find(folder, &mut found)?;
    let mut groups: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for folder in found {
        let benchmark: Benchmark = json(&folder.join("benchmark.json"))?;
        let estimates: Estimates = json(&folder.join("estimates.json"))?;
        let (group, name) = benchmark.names();
        groups
            .entry(group)
            .or_default()
            .push(estimates.member(name));
    }
    let group = |(name, mut members): (String, Vec<Member>)| {
        members.sort_by_cached_key(|member| natural(&member.name));
        Group { name, members }
    };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    groups.sort_by_cached_key(|group| natural(&group.name));
    Ok(groups)
}

/// What names are ordered by: `8 tasks` comes before `64 tasks`.
pub(super) fn natural(name: &str) -> Vec<(u64, String)> {
    let parts = name.split_inclusive(|char: char| !char.is_ascii_digit());
    let part = |part: &str| {
        let text = part.trim_start_matches(|char: char| char.is_ascii_digit());
        let number = &part[..part.len() - text.len()];
        (number.parse().unwrap_or(0), text.to_owned())
    };
    parts.map(part).collect()
}

/// The folders `new` that hold a measurement.
fn find(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(|error| Error::file(folder, error))? {
        let path = entry.map_err(|error| Error::file(folder, error))?.path();
        if path.ends_with("new") && path.join("benchmark.json").exists() {
            found.push(path);
        } else if path.is_dir() {
            find(&path, found)?;
        }
    }
    Ok(())
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = fs::read(path).map_err(|error| Error::file(path, error))?;
    serde_json::from_slice(&text)
        .map_err(|error| Error::file(path, format_args!("this is not criterion's: {error}")))
}

impl Benchmark {
    /// The group's name and the member's. Without a function it is the value that differs.
    fn names(self) -> (String, String) {
        match (self.function_id, self.value_str) {
            (Some(function), Some(value)) => (format!("{}/{value}", self.group_id), function),
            (Some(name), None) | (None, Some(name)) => (self.group_id, name),
            (None, None) => (self.group_id.clone(), self.group_id),
        }
    }
}

impl Estimates {
    fn member(self, name: String) -> Member {
        let estimate = self.slope.unwrap_or(self.mean);
        Member {
            name,
            nanoseconds: estimate.point_estimate,
            lower: estimate.confidence_interval.lower_bound,
            upper: estimate.confidence_interval.upper_bound,
        }
    }
}

impl Group {
    /// What the others are compared with: the member of that name, or the fastest.
    pub(super) fn baseline(&self, against: Option<&str>) -> Option<&Member> {
        match against {
            Some(name) => self.members.iter().find(|member| member.name == name),
            None => self
                .members
                .iter()
                .min_by(|a, b| a.nanoseconds.total_cmp(&b.nanoseconds)),
        }
    }
}

impl Member {
    /// How many times as long as another it takes. `≈` says that the measurements do not tell them apart.
    pub(super) fn ratio(&self, baseline: &Self) -> String {
        let ratio = self.nanoseconds / baseline.nanoseconds;
        let alike = self.lower <= baseline.upper && baseline.lower <= self.upper;
        let sign = if alike && self.name != baseline.name {
            "≈"
        } else {
            ""
        };
        let digits = match ratio {
            ratio if ratio < 0.1 => 4,
            ratio if ratio < 10.0 => 2,
            ratio if ratio < 100.0 => 1,
            _ => 0,
        };
        format!("{sign}{ratio:.digits$}×")
    }

    /// With three digits: `12.3 µs`.
    pub(super) fn time(&self) -> String {
        let (value, unit) = match self.nanoseconds {
            nanoseconds if nanoseconds < 1e3 => (nanoseconds, "ns"),
            nanoseconds if nanoseconds < 1e6 => (nanoseconds / 1e3, "µs"),
            nanoseconds if nanoseconds < 1e9 => (nanoseconds / 1e6, "ms"),
            nanoseconds => (nanoseconds / 1e9, "s"),
        };
        let digits = if value < 10.0 {
            2
        } else {
            usize::from(value < 100.0)
        };
        format!("{value:.digits$} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::Member;

    fn member(name: &str, nanoseconds: f64, spread: f64) -> Member {
        Member {
            name: name.to_owned(),
            nanoseconds,
            lower: nanoseconds - spread,
            upper: nanoseconds + spread,
        }
    }

    #[test]
    fn ratios_say_when_nothing_is_told_apart() {
        let (fast, slow) = (member("fast", 100.0, 5.0), member("slow", 250.0, 5.0));
        assert_eq!(slow.ratio(&fast), "2.50×");
        assert_eq!(fast.ratio(&fast), "1.00×");
        assert_eq!(member("other", 104.0, 5.0).ratio(&fast), "≈1.04×");
        assert_eq!(member("far", 1_234.0, 5.0).ratio(&fast), "12.3×");
        assert_eq!(member("farther", 12_345.0, 5.0).ratio(&fast), "123×");
    }

    #[test]
    fn numbers_in_names_are_ordered_as_numbers() {
        let ordered = [
            "get/1 task",
            "get/8 tasks/100 B",
            "get/64 tasks/9 B",
            "get/64 tasks/100 B",
        ];
        let mut names = ordered;
        names.reverse();
        names.sort_by_cached_key(|name| super::natural(name));
        assert_eq!(names, ordered);
        assert!(
            super::natural("2") < super::natural("10") && super::natural("a") < super::natural("b")
        );
    }

    #[test]
    fn times_have_three_digits() {
        let time = |nanoseconds| member("a", nanoseconds, 0.0).time();
        assert_eq!(
            ["1.23 ns", "12.3 µs", "123 ms", "1.50 s"].map(str::to_owned),
            [time(1.234), time(12_340.0), time(1.234e8), time(1.5e9)]
        );
    }
}
