//! A column a client, over time.

use std::fmt::{self, Debug, Display, Formatter};

use super::history::{By, End, History, Moment};
use super::report::escaped;

/// Longer texts are cut.
const WIDEST: usize = 36;

/// Operations, placed in columns and rows: a row for each moment at which something began or ended.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    columns: Vec<String>,
    moments: Vec<Moment>,
    bars: Vec<Bar>,
}

/// An operation.
#[derive(Clone, Debug)]
struct Bar {
    column: usize,
    first: usize,
    /// Where it ended; where it began, for one of which that is not known.
    last: usize,
    operation: String,
    end: String,
    look: Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Plain,
    Unknown,
    System,
    Impossible,
}

impl Timeline {
    /// The `shown` entries, with the `culprit` marked. Those that were under way then are shown to their ends, since what
    /// they were answered says what they did.
    pub(super) fn new<O: Debug, R: Debug>(
        history: &History<O, R>,
        shown: &[usize],
        culprit: usize,
    ) -> Self {
        let entries = || {
            shown
                .iter()
                .map(|index| (*index, &history.entries()[*index]))
        };
        let mut moments: Vec<Moment> = entries()
            .flat_map(|(_, entry)| [Some(entry.from), entry.end.moment()])
            .flatten()
            .collect();
        moments.sort_unstable();
        moments.dedup();
        let mut clients: Vec<By> = entries().map(|(_, entry)| entry.by).collect();
        clients.sort_unstable();
        clients.dedup();
        let row = |moment: Moment| moments.partition_point(|other| *other < moment);
        let bars = entries().map(|(index, entry)| {
            let (last, end, look) = match &entry.end {
                End::Returned { at, outcome } => (row(*at), format!("{outcome:?}"), Look::Plain),
                End::Unknown { why } => (row(entry.from), format!("unknown: {why}"), Look::Unknown),
                End::Due { by } if entry.by == By::System => {
                    (row(*by), "by now".to_owned(), Look::System)
                }
                End::Due { by } => (row(*by), "done".to_owned(), Look::System),
            };
            Bar {
                column: clients.partition_point(|other| *other < entry.by),
                first: row(entry.from),
                last,
                operation: format!("{:?}", entry.operation),
                end,
                look: if index == culprit {
                    Look::Impossible
                } else {
                    look
                },
            }
        });
        let bars = bars.collect();
        Self {
            columns: clients.into_iter().map(title).collect(),
            moments,
            bars,
        }
    }

    /// What stands in a column of a row. Operations of the system's own may overlap; the latest to begin is shown.
    fn cell(&self, column: usize, row: usize) -> String {
        let bars = self.bars.iter().filter(|bar| bar.column == column);
        let mut texts: Vec<String> = Vec::new();
        for bar in bars.filter(|bar| bar.first <= row && row <= bar.last) {
            texts.push(bar.text(row));
        }
        // An end and a beginning at one moment both tell something; a line between does not then.
        if texts.len() > 1 {
            texts.retain(|text| text != "│");
            if texts.is_empty() {
                texts.push("│".to_owned());
            }
        }
        texts.join(" ")
    }

    pub(super) fn push_html(&self, page: &mut String) {
        page.push_str("<div class=\"timeline\">\n");
        for (column, client) in self.columns.iter().enumerate() {
            let client = escaped(client);
            let column = column + 2;
            *page +=
                &format!("<div class=\"client\" style=\"grid-area:1/{column}\">{client}</div>\n");
        }
        for (row, moment) in self.moments.iter().enumerate() {
            let row = row + 2;
            *page += &format!("<div class=\"moment\" style=\"grid-area:{row}/1\">{moment}</div>\n");
        }
        let end = self.moments.len() - 1;
        for bar in &self.bars {
            *page += &format!(
                "<div class=\"call {}\" style=\"grid-area:{}/{}/{}/{}\"><span>{}</span><span>{}</span></div>\n",
                bar.look.class(),
                bar.first + 2,
                bar.column + 2,
                if bar.look == Look::Unknown {
                    end
                } else {
                    bar.last
                } + 3,
                bar.column + 3,
                escaped(&bar.operation),
                escaped(&bar.arrow()),
            );
        }
        page.push_str("</div>\n");
    }
}

impl Bar {
    fn text(&self, row: usize) -> String {
        let beginning = cut(&self.operation);
        match (row == self.first, row == self.last) {
            _ if self.look == Look::Unknown => format!("┌ {beginning} … {}", cut(&self.end)),
            (true, true) => format!("╶ {beginning} {}", self.arrow()),
            (true, false) => format!("┌ {beginning}"),
            (false, true) => format!("└ {}", self.arrow()),
            (false, false) => "│".to_owned(),
        }
    }

    fn arrow(&self) -> String {
        let mark = if self.look == Look::Impossible {
            "  ✗ impossible"
        } else {
            ""
        };
        format!("→ {}{mark}", cut(&self.end))
    }
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Unknown => "unknown",
            Self::System => "system",
            Self::Impossible => "impossible",
        }
    }
}

fn title(by: By) -> String {
    match by {
        By::Client(client) => format!("client {client}"),
        By::System => "system".to_owned(),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}

impl Display for Timeline {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut table = vec![vec![String::from("at")]];
        table[0].extend(self.columns.iter().cloned());
        for (row, moment) in self.moments.iter().enumerate() {
            let cells = (0..self.columns.len()).map(|column| self.cell(column, row));
            table.push([moment.to_string()].into_iter().chain(cells).collect());
        }
        let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> = (0..=self.columns.len()).filter_map(width).collect();
        for row in &table {
            let mut line = format!("{:>1$}", row[0], widths[0]);
            for (cell, width) in row.iter().zip(&widths).skip(1) {
                line += &format!("  {cell:<width$}");
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
