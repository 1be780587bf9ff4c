//! Where things are, and cargo as every project gets it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of contrait's workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the projects are generated: below the target directory, so that `cargo clean` removes them.
pub(crate) fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cost")
}

/// Cargo, without what the cargo that runs this bench has put into the environment for it.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let registry = ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTR"]
            .iter()
            .any(|kept| text.starts_with(kept));
        if (text.starts_with("CARGO") && !registry)
            || ["RUSTC_WRAPPER", "RUST_TEST_THREADS"].contains(&&*text)
        {
            command.env_remove(&name);
        }
    }
    command
}
