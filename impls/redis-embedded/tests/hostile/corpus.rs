//! What the fuzzers have found worth keeping, run again: `fuzz/README.md` says how it came about.

use std::fs;
use std::path::{Path, PathBuf};

use redis_embedded::Profile;

use crate::session::{choose, commands, prepare, send, start_as};
use crate::{Outcome, panics};

/// The inputs of a fuzz target, in the order of their names.
fn inputs(target: &str) -> Result<Vec<PathBuf>, std::io::Error> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = fs::read_dir(directory.join(target))?;
    let mut files: Vec<_> = files
        .map(|file| Ok(file?.path()))
        .collect::<std::io::Result<_>>()?;
    files.sort();
    assert!(files.len() >= 20, "{} inputs", files.len());
    Ok(files)
}

#[tokio::test]
async fn bytes_that_were_found_by_fuzzing_do_no_harm() -> Outcome {
    let server = start_as(Profile::Redis7_0).await?;
    let before = panics();
    for file in inputs("requests")? {
        prepare(&server);
        send(&server, &fs::read(&file)?).await?;
        assert_eq!(panics(), before, "{}", file.display());
        prepare(&server);
        assert_eq!(
            send(&server, b"PING\r\n").await?,
            b"+PONG\r\n",
            "{}",
            file.display()
        );
    }
    Ok(())
}

#[tokio::test]
async fn commands_that_were_found_by_fuzzing_do_no_harm() -> Outcome {
    for profile in [Profile::Redis7_0, Profile::Redis8_2, Profile::Valkey9_1] {
        let server = start_as(profile).await?;
        let all = commands(&server);
        let before = panics();
        for file in inputs("commands")? {
            prepare(&server);
            choose(&server, &all, &fs::read(&file)?).await;
            assert_eq!(panics(), before, "{profile:?}, {}", file.display());
        }
        assert_eq!(server.connections(), 0);
    }
    Ok(())
}
