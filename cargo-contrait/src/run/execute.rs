//! Starts a command line behind the guard, and waits for it.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use super::progress::Progress;
use super::relay::relay;
use super::{End, Folder, Plan};
use crate::error::{Error, Kind};
use crate::terminal::has_colours;

/// How often it is looked how far the run is.
const LOOK: Duration = Duration::from_millis(100);
/// How long what was interrupted has to write its last lines.
const GRACE: Duration = Duration::from_secs(6);

/// Runs it to its end, or until a signal comes.
pub(super) fn execute(command: &Command, plan: &Plan, folder: Folder) -> Result<End, Error> {
    let started = Instant::now();
    let mut child = start(command, plan)?;
    interruptible(&mut child)?;
    let building = Arc::new(AtomicBool::new(!plan.quiet));
    let over = relayed(&mut child, plan, &building)?;
    let mut progress = Progress::new(&plan.log, plan.quiet);
    while over.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        // A process that outlives the tests may hold the pipe.
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            let _ = over.recv_timeout(if INTERRUPTED.load(Ordering::Relaxed) {
                GRACE
            } else {
                LOOK
            });
            break;
        }
        if !building.load(Ordering::Relaxed) {
            progress.look();
        }
    }
    let status = child
        .wait()
        .map_err(|error| Error::new(Kind::Tool, error.to_string()))?;
    progress.look();
    progress.clear();
    Ok(End {
        folder,
        status,
        interrupted: INTERRUPTED.load(Ordering::Relaxed),
        began: !building.load(Ordering::Relaxed),
        took: started.elapsed(),
    })
}

/// The guard, in a process group of its own, with the command line behind it.
fn start(command: &Command, plan: &Plan) -> Result<Child, Error> {
    let itself =
        std::env::current_exe().map_err(|error| Error::new(Kind::Tool, error.to_string()))?;
    let log = OpenOptions::new().create(true).append(true).open(&plan.log);
    let log = log.map_err(|error| Error::file(&plan.log, error))?;
    let mut guard = Command::new(itself);
    let line: Vec<OsString> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(Into::into)
        .collect();
    guard.arg("__guard").arg("--").args(line);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => guard.env(name, value),
            None => guard.env_remove(name),
        };
    }
    guard
        .stdin(Stdio::piped())
        .stdout(log)
        .stderr(Stdio::piped());
    if has_colours() && std::env::var_os("CARGO_TERM_COLOR").is_none() {
        // Behind a pipe cargo would take the colours out.
        guard.env("CARGO_TERM_COLOR", "always");
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut guard, 0);
    guard
        .spawn()
        .map_err(|error| Error::new(Kind::Tool, format!("the tests do not start: {error}")))
}

/// Whether a signal came.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// The guard's standard input, whose end ends the run.
static INPUT: Mutex<Option<ChildStdin>> = Mutex::new(None);

/// The first signal ends the run, and what is known by then is shown; the second ends this command.
fn interruptible(child: &mut Child) -> Result<(), Error> {
    static HANDLED: Once = Once::new();
    *INPUT.lock().unwrap_or_else(PoisonError::into_inner) = child.stdin.take();
    let mut handled = Ok(());
    HANDLED.call_once(|| {
        handled = ctrlc::set_handler(|| {
            if INTERRUPTED.swap(true, Ordering::Relaxed) {
                std::process::exit(Kind::Interrupted as i32);
            }
            drop(INPUT.lock().unwrap_or_else(PoisonError::into_inner).take());
        });
    });
    handled.map_err(|error| Error::new(Kind::Tool, error.to_string()))
}

/// Copies what is said in a thread of its own, whose end the receiver sees.
fn relayed(
    child: &mut Child,
    plan: &Plan,
    building: &Arc<AtomicBool>,
) -> Result<mpsc::Receiver<()>, Error> {
    let log = OpenOptions::new().create(true).append(true).open(&plan.log);
    let log = log.map_err(|error| Error::file(&plan.log, error))?;
    let (ended, over) = mpsc::channel();
    let (stderr, building) = (child.stderr.take(), Arc::clone(building));
    std::thread::spawn(move || {
        if let Some(stderr) = stderr {
            relay(stderr, log, &building);
        }
        drop(ended);
    });
    Ok(over)
}
