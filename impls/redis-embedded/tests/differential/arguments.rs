//! What `cargo test` and nextest ask of a test that has no harness.

/// The one test that there is.
const NAME: &str = "replies_are_those_of_real_servers";
/// Options of libtest that take a value.
const WITH_VALUE: [&str; 6] = [
    "--skip",
    "--format",
    "--test-threads",
    "--color",
    "--logfile",
    "--report-time",
];

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Run,
    /// A line for the test, or none where only ignored ones are asked for, or not.
    List(Option<String>),
    /// It is filtered out.
    Nothing,
}

impl Asked {
    /// Reads the arguments; `ignored` says whether the test is one of the ignored ones.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>, ignored: bool) -> Asked {
        let (mut filters, mut skips) = (Vec::new(), Vec::new());
        let (mut list, mut only_ignored) = (false, false);
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--list" => list = true,
                "--ignored" => only_ignored = true,
                "--skip" => skips.extend(arguments.next()),
                option if WITH_VALUE.contains(&option) => drop(arguments.next()),
                option if option.starts_with('-') => {}
                filter => filters.push(filter.to_owned()),
            }
        }
        let named = |names: &[String]| names.iter().any(|name| NAME.contains(name.as_str()));
        if list {
            return Asked::List((ignored || !only_ignored).then(|| format!("{NAME}: test")));
        }
        if named(&skips) || !filters.is_empty() && !named(&filters) {
            return Asked::Nothing;
        }
        Asked::Run
    }
}
