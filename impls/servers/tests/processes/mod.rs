//! Processes for the tests of sharing: users of a server, and a fake server that needs no Redis.
//!
//! Both are this test binary itself, started again to run one of the two ignored tests below.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use contrait_servers::Redis;

/// Far above what anything here takes, also on a busy machine.
const BOUND: Duration = Duration::from_secs(60);

/// Waits until `condition` holds.
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + BOUND;
    while !condition() {
        assert!(Instant::now() < deadline, "not within {BOUND:?}: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A run of tests with a temporary directory of its own.
pub(crate) struct Run {
    pub(crate) directory: PathBuf,
    id: Option<&'static str>,
    mode: &'static str,
    linger: u32,
}

impl Run {
    pub(crate) fn new(name: &str) -> Self {
        let directory =
            env::temp_dir().join(format!("contrait-test-{name}-{}", std::process::id()));
        fs::create_dir(&directory).unwrap();
        Self {
            directory,
            id: Some("a run"),
            mode: "",
            linger: 1,
        }
    }

    /// As if nextest had given this id, or as under `cargo test` if there is none.
    pub(crate) fn id(&mut self, id: Option<&'static str>) {
        self.id = id;
    }

    /// How the fake servers behave from now on.
    pub(crate) fn mode(&mut self, mode: &'static str) {
        self.mode = mode;
    }

    /// How many seconds servers stay without users.
    pub(crate) fn linger(&mut self, seconds: u32) {
        self.linger = seconds;
    }

    /// Starts a process that asks for the shared server.
    pub(crate) fn user(&self) -> User {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args(["--exact", "processes::user", "--ignored", "--nocapture"])
            .env_remove("CONTRAIT_REDIS_URL")
            .env_remove("NEXTEST_RUN_ID")
            .env("CONTRAIT_REDIS_BINARY", fake_server_path())
            .env("CONTRAIT_SERVERS_LINGER", self.linger.to_string())
            .env("TMPDIR", &self.directory)
            .env("FAKE_DIRECTORY", &self.directory)
            .env("FAKE_EXECUTABLE", env::current_exe().unwrap())
            .env("FAKE_MODE", self.mode)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0);
        if let Some(id) = self.id {
            command.env("NEXTEST_RUN_ID", id);
        }
        User::watch(command.spawn().unwrap())
    }

    /// The process ids of all servers that ever came to listen.
    pub(crate) fn starts(&self) -> Vec<u32> {
        let starts = fs::read_to_string(self.directory.join("starts")).unwrap_or_default();
        starts.lines().map(|pid| pid.parse().unwrap()).collect()
    }

    /// The directories of servers that exist.
    pub(crate) fn servers(&self) -> Vec<PathBuf> {
        let listed = fs::read_dir(&self.directory)
            .unwrap()
            .flatten()
            .filter_map(|entry| {
                let base = entry
                    .file_name()
                    .to_string_lossy()
                    .starts_with("contrait-servers-");
                base.then(|| fs::read_dir(entry.path()).unwrap())
            });
        let entries = listed.flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| path.is_dir()).collect()
    }
}

/// Waits for the end of all servers, so that no test leaves one behind, not even after a failure.
impl Drop for Run {
    fn drop(&mut self) {
        for pid in self.servers().iter().filter_map(|server| pid_in(server)) {
            kill(pid);
        }
        if !thread::panicking() {
            eventually("the last directory of a server is gone", || {
                self.servers().is_empty()
            });
        }
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A process that uses the shared server until its standard input ends.
pub(crate) struct User {
    child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl User {
    fn watch(mut child: Child) -> Self {
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if let Some(answer) = line.strip_prefix("ANSWER ") {
                    let _ = sender.send(answer.to_owned());
                }
            }
        });
        Self {
            stdin: child.stdin.take(),
            child,
            answers,
        }
    }

    /// The URL or the error that it got.
    pub(crate) fn answer(&self) -> String {
        self.answers.recv_timeout(BOUND).unwrap()
    }

    /// Asks it to ask again.
    pub(crate) fn again(&mut self) -> String {
        writeln!(self.stdin.as_ref().unwrap(), "again").unwrap();
        self.answer()
    }

    /// Ends it in good order.
    pub(crate) fn end(mut self) {
        self.stdin = None;
        assert!(self.child.wait().unwrap().success());
    }

    /// Whether the pipe that the process wrote to is closed, by it and by everything that it started.
    pub(crate) fn output_is_closed(self) -> bool {
        let Self {
            mut child,
            stdin,
            answers,
        } = self;
        drop(stdin);
        child.wait().unwrap();
        // The thread that reads the pipe drops its sender at the end of the pipe.
        answers.recv_timeout(BOUND) == Err(mpsc::RecvTimeoutError::Disconnected)
    }

    /// `kill -9` for it and its process group, as a test runner does at a time limit.
    pub(crate) fn kill_9(mut self) {
        let group = format!("-{}", self.child.id());
        let killed = Command::new("kill")
            .args(["-9", "--", &group])
            .status()
            .unwrap();
        assert!(killed.success());
        self.child.wait().unwrap();
    }
}

pub(crate) fn fake_server_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/processes/fake-redis-server")
}

pub(crate) fn pid_in(server: &Path) -> Option<u32> {
    fs::read_to_string(server.join("pid"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// `kill -9`; on return the process has ended.
pub(crate) fn kill(pid: u32) {
    let pid = pid.to_string();
    // A process that is already gone is what was wanted.
    let _ = Command::new("kill")
        .args(["-9", &pid])
        .stderr(Stdio::null())
        .status();
    eventually("a killed process ends", || {
        let listed = Command::new("ps")
            .args(["-o", "stat=", "-p", &pid])
            .output()
            .unwrap();
        listed.stdout.is_empty() || listed.stdout.starts_with(b"Z")
    });
}

pub(crate) fn is_listening(url: &str) -> bool {
    TcpStream::connect(url.strip_prefix("redis://").unwrap()).is_ok()
}

#[test]
#[ignore = "not a test: a user of a server, which the tests of sharing start"]
#[expect(clippy::print_stdout, reason = "the parent process reads it")]
fn user() {
    // Nothing to do for who runs all ignored tests.
    if env::var_os("FAKE_DIRECTORY").is_none() {
        return;
    }
    let answer = || match Redis::shared() {
        Ok(redis) => redis.url().to_owned(),
        Err(error) => error.to_string().replace('\n', " | "),
    };
    // libtest has begun a line.
    println!("\nANSWER {}", answer());
    for _ in std::io::stdin().lines() {
        println!("ANSWER {}", answer());
    }
}

#[test]
#[ignore = "not a test: a fake server, which the tests of sharing start"]
#[expect(clippy::print_stdout, reason = "a server's log")]
fn fake_server() {
    let Ok(arguments) = env::var("FAKE_ARGUMENTS") else {
        return;
    };
    let mut arguments = arguments.split(' ').skip_while(|word| *word != "--port");
    let port: u16 = arguments.nth(1).unwrap().parse().unwrap();
    let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) else {
        println!("bind: Address already in use");
        return;
    };
    note_start();
    for stream in listener.incoming().flatten() {
        if env::var("FAKE_MODE").unwrap() != "silent" {
            thread::spawn(|| serve(stream));
        }
    }
}

fn note_start() {
    let starts = Path::new(&env::var_os("FAKE_DIRECTORY").unwrap()).join("starts");
    let mut starts = OpenOptions::new()
        .create(true)
        .append(true)
        .open(starts)
        .unwrap();
    starts
        .write_all(format!("{}\n", std::process::id()).as_bytes())
        .unwrap();
}

/// Answers the greeting, which comes in one piece.
fn serve(mut stream: TcpStream) {
    let mut request = [0; 1024];
    while stream.read(&mut request).is_ok_and(|read| read > 0) {
        let info = format!(
            "redis_version:0.0.1\r\nprocess_id:{}\r\n",
            std::process::id()
        );
        let answer = format!("+PONG\r\n${}\r\n{info}\r\n", info.len());
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}
