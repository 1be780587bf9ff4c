//! The ratios as tables: a row a group, a column a member, and in the cells how many times as long it takes.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Table, presets};

use super::measured::{Group, Member};
use crate::terminal::{FAINT, styled};

/// Groups of the same members share a table.
pub(super) fn tables(groups: &[Group], against: Option<&str>) -> String {
    let mut kinds: Vec<(Vec<&str>, Vec<&Group>)> = Vec::new();
    for group in groups {
        let members: Vec<&str> = group.members.iter().map(|member| &*member.name).collect();
        match kinds.iter_mut().find(|(known, _)| *known == members) {
            Some((_, alike)) => alike.push(group),
            None => kinds.push((members, vec![group])),
        }
    }
    let mut text = String::new();
    for (members, groups) in kinds {
        let _ = writeln!(text, "{}\n", table(&members, &groups, against).trim_fmt());
    }
    let what = match against {
        Some(name) => format!("times as long as `{name}`"),
        None => "times as long as the fastest of the row, whose time is shown".to_owned(),
    };
    let _ = writeln!(
        text,
        "{}",
        styled(
            FAINT,
            format_args!("{what}; ≈ where the measurements do not tell them apart")
        )
    );
    text
}

fn table(members: &[&str], groups: &[&Group], against: Option<&str>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    table.set_header(
        std::iter::once(Cell::new("")).chain(members.iter().map(|name| right((*name).to_owned()))),
    );
    for group in groups {
        let baseline = group.baseline(against);
        let cells = group
            .members
            .iter()
            .map(|member| right(cell(member, baseline)));
        table.add_row(std::iter::once(Cell::new(&group.name)).chain(cells));
    }
    table
}

fn cell(member: &Member, baseline: Option<&Member>) -> String {
    match baseline {
        Some(baseline) if baseline.name == member.name => member.time(),
        Some(baseline) => member.ratio(baseline),
        None => member.time(),
    }
}
