//! Finds a server's binary.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::environment::{self, Environment};

/// The first of `names` that is an executable file: a name with a slash as it stands, any other on `PATH`.
///
/// Links are not followed: some binaries ask their own name what they shall be.
pub(crate) fn find(environment: &dyn Environment, names: &[&OsStr]) -> Option<PathBuf> {
    let path = environment::value(environment, "PATH").unwrap_or_default();
    let candidates = names.iter().flat_map(|name| {
        let bare = Path::new(name).components().count() == 1;
        let directories: Vec<_> = if bare {
            std::env::split_paths(&path).collect()
        } else {
            vec![PathBuf::new()]
        };
        directories
            .into_iter()
            .map(move |directory| directory.join(name))
    });
    candidates
        .filter(|candidate| is_executable(candidate))
        .find_map(|found| std::path::absolute(found).ok())
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::PathBuf;

    use super::find;

    #[test]
    fn the_first_name_wins_wherever_it_is() {
        let environment = [("PATH", "/nowhere:/bin")];
        let found = find(
            &environment,
            &[OsStr::new("no-such-thing"), OsStr::new("sh")],
        );
        assert_eq!(found, Some(PathBuf::from("/bin/sh")));
    }

    #[test]
    fn a_path_is_taken_as_it_stands() {
        assert_eq!(
            find(&[], &[OsStr::new("/bin/sh")]),
            Some(PathBuf::from("/bin/sh"))
        );
        assert_eq!(find(&[("PATH", "/")], &[OsStr::new("bin/sh")]), None);
    }

    #[test]
    fn neither_directories_nor_plain_files_are_programs() {
        assert_eq!(
            find(&[], &[OsStr::new("/tmp"), OsStr::new("/etc/passwd")]),
            None
        );
        assert_eq!(find(&[], &[OsStr::new("sh")]), None);
    }
}
