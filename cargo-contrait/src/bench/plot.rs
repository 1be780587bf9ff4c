//! The measurements as bars, on a terminal and as SVG. Within a group the longest bar is the slowest member; in the
//! picture it leaves room for the intervals.

use std::fmt::Write as _;

use askama::Template;

use super::measured::{Group, Member};
use crate::error::{Error, Kind};
use crate::terminal::{FAINT, GOOD, STRONG, styled};

/// The longest bar, in characters.
const LONGEST: usize = 40;
/// The widest that a bar and its interval may become in the picture, in pixels.
const WIDEST: f64 = 420.0;
/// A line of the picture, in pixels.
const LINE: usize = 20;

pub(super) fn bars(groups: &[Group], against: Option<&str>) -> String {
    let mut text = String::new();
    for group in groups {
        let _ = writeln!(text, "{}", styled(STRONG, &group.name));
        let width = group
            .members
            .iter()
            .map(|member| member.name.chars().count())
            .max()
            .unwrap_or(0);
        let baseline = group.baseline(against);
        for member in &group.members {
            let bar = bar(share(member, group));
            let ratio = baseline
                .map(|baseline| member.ratio(baseline))
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "  {:<width$}  {}{:gap$}  {:>8}  {}",
                member.name,
                styled(GOOD, &bar),
                "",
                member.time(),
                styled(FAINT, ratio),
                gap = LONGEST - bar.chars().count(),
            );
        }
    }
    text
}

/// A bar to the eighth of a character. Nothing takes no time, so the shortest can be seen.
fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let longest = LONGEST * 8;
    let eighths = (1..=longest)
        .take_while(|length| *length as f64 <= share * longest as f64)
        .count()
        .max(1);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

fn share(member: &Member, group: &Group) -> f64 {
    let slowest = group
        .members
        .iter()
        .map(|member| member.nanoseconds)
        .fold(0.0, f64::max);
    member.nanoseconds / slowest
}

#[derive(Template)]
#[template(path = "bench.svg")]
struct Picture {
    height: usize,
    groups: Vec<GroupView>,
}

struct GroupView {
    y: usize,
    name: String,
    members: Vec<MemberView>,
}

struct MemberView {
    y: usize,
    name: String,
    width: String,
    /// Where the interval begins and ends.
    from: String,
    to: String,
    says: String,
}

/// A picture that needs nothing else.
pub(super) fn svg(groups: &[Group], against: Option<&str>) -> Result<String, Error> {
    let mut y = 0;
    let mut next = || {
        y += LINE;
        y
    };
    let mut views = Vec::new();
    for group in groups {
        let baseline = group.baseline(against);
        let (name, at) = (group.name.clone(), next());
        let members = group
            .members
            .iter()
            .map(|member| MemberView::new(member, group, baseline, next()));
        views.push(GroupView {
            y: at,
            name,
            members: members.collect(),
        });
        next();
    }
    let picture = Picture {
        height: y,
        groups: views,
    };
    picture
        .render()
        .map_err(|error| Error::new(Kind::Tool, error.to_string()))
}

impl MemberView {
    fn new(member: &Member, group: &Group, baseline: Option<&Member>, y: usize) -> Self {
        // What is slower than anything measured is still in the picture.
        let slowest = group.members.iter().map(|member| member.upper);
        let scale = WIDEST / slowest.fold(0.0, f64::max);
        let pixels = |nanoseconds: f64| format!("{:.1}", nanoseconds * scale);
        let ratio = baseline
            .map(|baseline| member.ratio(baseline))
            .unwrap_or_default();
        Self {
            y,
            name: member.name.clone(),
            width: pixels(member.nanoseconds),
            from: pixels(member.lower),
            to: pixels(member.upper),
            says: format!("{}  {ratio}", member.time()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars_are_as_long_as_their_share() {
        assert_eq!(bar(1.0), "█".repeat(40));
        assert_eq!(bar(0.5), "█".repeat(20));
        assert_eq!(bar(0.003_2), "▏");
        assert_eq!(bar(0.0), "▏");
    }
}
