//! Backends side by side, from what criterion measured. criterion compares each with its own past and prints no ratio
//! between members of a group: that is done here, from the files that it leaves.

mod measured;
mod plot;
mod ratios;

use std::path::PathBuf;

use crate::cli::BenchArgs;
use crate::error::{Error, Kind, Outcome};
use crate::run::target;
use crate::show::json::pretty;
use crate::terminal::print;

pub(crate) fn run(args: &BenchArgs) -> Result<Outcome, Error> {
    let folder = folder(args)?;
    let mut groups = measured::read(&folder)?;
    groups.retain(|group| {
        args.only
            .iter()
            .all(|text| group.name.contains(text.as_str()))
    });
    if groups.is_empty() {
        let error = Error::new(
            Kind::Nothing,
            format!("there are no such measurements in {}", folder.display()),
        );
        return Err(error.remedy("`cargo bench` with criterion makes them: a group for each operation, in it a function for each backend."));
    }
    if let Some(name) = &args.against {
        known(name, &groups)?;
    }
    let against = args.against.as_deref();
    if let Some(file) = &args.svg {
        let text = plot::svg(&groups, against)?;
        std::fs::write(file, text).map_err(|error| Error::file(file, error))?;
    }
    print(match (args.json, args.plot) {
        (true, _) => pretty(&groups)?,
        (false, true) => plot::bars(&groups, against),
        (false, false) => ratios::tables(&groups, against),
    });
    Ok(Outcome::Fine)
}

fn folder(args: &BenchArgs) -> Result<PathBuf, Error> {
    match &args.criterion {
        Some(folder) => Ok(folder.clone()),
        None => Ok(target(&args.workspace)?.join("criterion")),
    }
}

fn known(name: &str, groups: &[measured::Group]) -> Result<(), Error> {
    let members = groups.iter().flat_map(|group| &group.members);
    let names: std::collections::BTreeSet<&str> = members.map(|member| &*member.name).collect();
    if names.contains(name) {
        return Ok(());
    }
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_by_cached_key(|name| measured::natural(name));
    Err(
        Error::new(Kind::Usage, format!("nothing measured is called `{name}`"))
            .remedy(format!("There are: {}.", names.join(", "))),
    )
}
