//! What became of each saboteur: by which case it was noticed, or why it was not.

use std::fmt;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::report;
use crate::report::{counted, counted_are};

/// Which checks noticed which saboteurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KillMatrix {
    /// The name of the trait.
    pub contract: String,
    /// The path of the suite.
    pub suite: String,
    /// The package that declares the backend.
    pub package: String,
    /// The backend that the saboteurs stood in front of.
    pub backend: String,
    /// The generated checks that were asked beside the cases.
    pub checks: Vec<String>,
    /// A row a saboteur.
    pub rows: Vec<Row>,
    /// What could not be derived, and what would change that.
    pub notes: Vec<String>,
    /// What is wrong with the names of saboteurs that may live.
    pub mistakes: Vec<String>,
    /// How many runs of cases it took.
    pub runs: usize,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}

/// A saboteur.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its name: `set/ttl-ignored`.
    pub saboteur: String,
    /// What it does wrong.
    pub says: String,
    /// The method that it is about.
    pub method: String,
    /// The kind of its fault.
    pub family: String,
    /// The cases that noticed it: all of them where the measurement is thorough, and else the first.
    pub cases: Vec<String>,
    /// The generated checks that noticed it: of all where the measurement is thorough, and else the first, where no case
    /// did.
    pub checks: Vec<String>,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of a saboteur.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was noticed.
    Killed,
    /// Nobody can notice it, and this tells so.
    Equivalent(String),
    /// It lives, as the backend's declaration allows, for this reason.
    Allowed(String),
    /// It lives, and this would change that.
    Hole(String),
    /// It was noticed, although this says that nobody can.
    Contradiction(String),
}

impl KillMatrix {
    /// Those that were noticed.
    pub fn killed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Killed | Verdict::Contradiction(_)))
    }

    /// Those that can be noticed: all but the equivalent ones.
    pub fn killable(&self) -> usize {
        self.count(|verdict| !matches!(verdict, Verdict::Equivalent(_)))
    }

    /// Those that the cases noticed.
    pub fn killed_by_cases(&self) -> usize {
        self.rows.iter().filter(|row| !row.cases.is_empty()).count()
    }

    /// Those that a generated check noticed, as far as it was asked.
    pub fn killed_by_check(&self, check: &str) -> usize {
        let noticed = |row: &&Row| row.checks.iter().any(|name| name == check);
        self.rows.iter().filter(noticed).count()
    }

    /// Those that live although they could be noticed, and are not allowed to.
    pub fn holes(&self) -> impl Iterator<Item = &Row> {
        let hole = |row: &&Row| matches!(row.verdict, Verdict::Hole(_));
        self.rows.iter().filter(hole)
    }

    /// Whether nothing is left to be said.
    pub fn is_strong(&self) -> bool {
        let wrong = |row: &Row| matches!(row.verdict, Verdict::Hole(_) | Verdict::Contradiction(_));
        self.mistakes.is_empty() && !self.rows.iter().any(wrong)
    }

    /// The matrices in a file of records.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Vec<Self>> {
        report::read_kind(path, report::STRENGTH)
    }

    fn count(&self, is: impl Fn(&Verdict) -> bool) -> usize {
        self.rows.iter().filter(|row| is(&row.verdict)).count()
    }
}

impl fmt::Display for KillMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holes = self.holes().count();
        let live = if holes == 1 { "lives" } else { "live" };
        writeln!(
            f,
            "{} of `{}` on `{}`: {} of {} that can be noticed are, {holes} {live}, {} equivalent",
            counted(self.rows.len(), "saboteur"),
            self.contract,
            self.backend,
            self.killed(),
            self.killable(),
            counted_are(self.rows.len() - self.killable()),
        )?;
        self.table(f)?;
        for mistake in &self.mistakes {
            writeln!(f, "wrong: {mistake}")?;
        }
        self.section(
            f,
            "noticed, although nobody should",
            |verdict| match verdict {
                Verdict::Contradiction(why) => Some(why),
                _ => None,
            },
        )?;
        self.section(f, "alive: holes in the suite", |verdict| match verdict {
            Verdict::Hole(add) => Some(add),
            _ => None,
        })?;
        self.section(f, "alive, and allowed to be", |verdict| match verdict {
            Verdict::Allowed(why) => Some(why),
            _ => None,
        })?;
        self.section(
            f,
            "equivalent: nobody can notice",
            |verdict| match verdict {
                Verdict::Equivalent(why) => Some(why),
                _ => None,
            },
        )?;
        if !self.notes.is_empty() {
            writeln!(f, "not derived")?;
        }
        for note in &self.notes {
            writeln!(f, "  {note}")?;
        }
        Ok(())
    }
}

impl KillMatrix {
    /// Noticed of all that can be, by method and kind of fault.
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods = distinct(self.rows.iter().map(|row| row.method.as_str()));
        let families = distinct(self.rows.iter().map(|row| row.family.as_str()));
        let width = methods.iter().map(|name| name.len()).max().unwrap_or(0);
        write!(f, "  {:width$}", "")?;
        for family in &families {
            write!(f, "  {family:>11}")?;
        }
        writeln!(f)?;
        for method in methods {
            write!(f, "  {method:width$}")?;
            for family in &families {
                let of = |row: &&Row| row.method == method && row.family == **family;
                let rows: Vec<&Row> = self.rows.iter().filter(of).collect();
                write!(f, "  {:>11}", share(&rows))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    fn section(
        &self,
        f: &mut fmt::Formatter<'_>,
        title: &str,
        told: impl Fn(&Verdict) -> Option<&String>,
    ) -> fmt::Result {
        let mut rows = self
            .rows
            .iter()
            .filter_map(|row| Some((row, told(&row.verdict)?)))
            .peekable();
        if rows.peek().is_some() {
            writeln!(f, "{title}")?;
        }
        for (row, why) in rows {
            writeln!(f, "  {}: {}", row.saboteur, row.says)?;
            writeln!(f, "      {}", why.replace('\n', "\n      "))?;
        }
        Ok(())
    }
}

fn share(rows: &[&Row]) -> String {
    let can = rows
        .iter()
        .filter(|row| !matches!(row.verdict, Verdict::Equivalent(_)));
    let noticed = rows
        .iter()
        .filter(|row| matches!(row.verdict, Verdict::Killed | Verdict::Contradiction(_)));
    match (noticed.count(), can.count()) {
        (0, 0) => "–".to_owned(),
        (noticed, can) => format!("{noticed}/{can}"),
    }
}

fn distinct<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut distinct = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct
}
