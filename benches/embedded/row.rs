//! What was measured: a group a table, a row of it a load that both servers had.

use std::fmt;
use std::time::Duration;

/// A server under a load.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// Requests a second.
    pub(crate) rate: f64,
    /// The server's time on a processor for a request, in microseconds; none where it shares its thread.
    pub(crate) cost: Option<f64>,
}

impl Sample {
    pub(crate) fn new(requests: usize, took: Duration, used: Option<Duration>) -> Self {
        Self {
            rate: requests as f64 / took.as_secs_f64(),
            cost: used.map(|used| used.as_secs_f64() * 1e6 / requests as f64),
        }
    }
}

/// A load, and how both servers bore it in each round.
pub(crate) struct Row {
    pub(crate) name: String,
    /// The real server's sample and the embedded one's.
    pub(crate) rounds: Vec<[Sample; 2]>,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rounds: Vec::new(),
        }
    }

    /// The embedded server's throughput by that of the real one.
    pub(crate) fn ratio(&self) -> f64 {
        median(
            self.rounds
                .iter()
                .map(|[real, embedded]| embedded.rate / real.rate),
        )
    }

    /// The real server's cost of a request by that of the embedded one.
    pub(crate) fn thrift(&self) -> Option<f64> {
        let costs = self.rounds.iter();
        let thrifts: Option<Vec<_>> = costs
            .map(|[real, embedded]| Some(real.cost? / embedded.cost?))
            .collect();
        thrifts.map(|thrifts| median(thrifts.into_iter()))
    }

    fn rate(&self, of: usize) -> f64 {
        median(self.rounds.iter().map(|round| round[of].rate))
    }

    fn cost(&self, of: usize) -> Option<f64> {
        let costs: Option<Vec<_>> = self.rounds.iter().map(|round| round[of].cost).collect();
        costs.map(|costs| median(costs.into_iter()))
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[odd / 2],
        even => (values[even / 2 - 1] + values[even / 2]) / 2.0,
    }
}

/// The rows of one client.
pub(crate) struct Group {
    pub(crate) title: String,
    /// What the throughputs should at least be of those of the real server.
    pub(crate) aim: f64,
    pub(crate) rows: Vec<Row>,
}

impl Group {
    /// The row with the lowest ratio.
    pub(crate) fn lowest(&self) -> Option<&Row> {
        let rows = self.rows.iter();
        rows.min_by(|left, right| left.ratio().total_cmp(&right.ratio()))
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = &self.title;
        writeln!(
            f,
            "{title:34} {:>10} {:>10} {:>6} {:>9} {:>9} {:>6}",
            "real/s", "embedded/s", "ratio", "real µs", "embed. µs", "ratio"
        )?;
        for row in &self.rows {
            let cost = |of| {
                row.cost(of)
                    .map_or("-".to_owned(), |cost| format!("{cost:.2}"))
            };
            let thrift = row
                .thrift()
                .map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
            writeln!(
                f,
                "  {:32} {:>10.0} {:>10.0} {:>6.2} {:>9} {:>9} {thrift:>6}",
                row.name,
                row.rate(0),
                row.rate(1),
                row.ratio(),
                cost(0),
                cost(1),
            )?;
        }
        Ok(())
    }
}
