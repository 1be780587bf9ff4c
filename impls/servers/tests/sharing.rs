//! One server for a run, whatever its processes do: tried with real processes and a fake server.

mod processes;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use processes::{Run, User, eventually, is_listening, kill, pid_in};

#[test]
fn processes_that_start_together_share_one_server() {
    let run = Run::new("together");
    let users: Vec<_> = (0..8).map(|_| run.user()).collect();
    let urls: Vec<_> = users.iter().map(User::answer).collect();
    assert!(
        urls.iter()
            .all(|url| *url == urls[0] && url.starts_with("redis://")),
        "{urls:?}"
    );
    assert_eq!(run.starts().len(), 1);
    users.into_iter().for_each(User::end);
}

#[test]
fn children_of_one_process_share_without_nextest() {
    let mut run = Run::new("children");
    run.id(None);
    let (one, other) = (run.user(), run.user());
    assert_eq!(one.answer(), other.answer());
    assert_eq!(run.starts().len(), 1);
}

#[test]
fn runs_are_apart() {
    let mut run = Run::new("runs");
    let one = run.user();
    run.id(Some("another run"));
    let other = run.user();
    assert_ne!(one.answer(), other.answer());
    assert_eq!(run.starts().len(), 2);
}

#[test]
fn a_server_ends_after_its_users() {
    let run = Run::new("ends");
    let (one, other) = (run.user(), run.user());
    let url = one.answer();
    other.answer();
    assert!(is_listening(&url));
    one.end();
    other.end();
    eventually("the server is gone", || !is_listening(&url));
    eventually("its directory is gone", || run.servers().is_empty());
}

#[test]
fn a_server_ends_after_users_that_were_killed() {
    let run = Run::new("killed");
    let users = [run.user(), run.user()];
    let urls = users.each_ref().map(User::answer);
    users.into_iter().for_each(User::kill_9);
    eventually("the server is gone", || !is_listening(&urls[0]));
    eventually("its directory is gone", || run.servers().is_empty());
}

#[test]
fn a_server_outlives_the_process_that_started_it() {
    let mut run = Run::new("outlives");
    run.linger(0);
    let starter = run.user();
    let url = starter.answer();
    let user = run.user();
    user.answer();
    starter.kill_9();
    let newcomer = run.user();
    assert_eq!(newcomer.answer(), url);
    assert_eq!(run.starts().len(), 1);
}

#[test]
fn the_next_binary_of_a_run_finds_the_server_of_the_last() {
    let mut run = Run::new("next");
    run.linger(600);
    let first = run.user();
    let url = first.answer();
    first.end();
    let second = run.user();
    assert_eq!(second.answer(), url);
    second.end();
    assert_eq!(run.starts().len(), 1);
}

#[test]
fn nobody_waits_for_the_server_at_the_end_of_a_pipe() {
    let mut run = Run::new("pipe");
    run.linger(600);
    let user = run.user();
    let url = user.answer();
    assert!(user.output_is_closed());
    assert!(is_listening(&url), "the server should still be there");
}

#[test]
fn a_server_that_died_is_replaced_for_everybody() {
    let run = Run::new("replaced");
    let mut user = run.user();
    let before = user.answer();
    kill(run.starts()[0]);
    let newcomer = run.user();
    let after = newcomer.answer();
    assert_ne!(after, before);
    assert!(is_listening(&after));
    assert_eq!(user.again(), after);
    assert_eq!(run.starts().len(), 2);
}

#[test]
fn a_starter_that_is_killed_half_way_is_followed_by_the_next() {
    let mut run = Run::new("half-way");
    run.mode("silent");
    let starter = run.user();
    eventually("the starter has started a server", || {
        run.starts().len() == 1
    });
    run.mode("");
    let next = run.user();
    starter.kill_9();
    assert!(is_listening(&next.answer()));
    eventually("the silent server is gone", || run.servers().len() == 1);
}

#[test]
fn a_server_that_ends_at_once_is_an_error_with_its_log() {
    let mut run = Run::new("broken");
    run.mode("broken");
    let mut user = run.user();
    let error = user.answer();
    assert!(
        error.contains("fake-redis-server was started but ended with status 3"),
        "{error}"
    );
    assert!(
        error.ends_with("its log ends: |   bad configuration"),
        "{error}"
    );
    assert!(run.servers().is_empty());
    assert_eq!(user.again(), error, "a failure is kept");
    assert_eq!(run.starts().len(), 1);
}

#[test]
fn a_port_that_was_taken_in_between_is_replaced() {
    let mut run = Run::new("taken");
    run.mode("port-taken-once");
    let user = run.user();
    assert!(is_listening(&user.answer()));
    assert!(run.directory.join("taken").exists());
    assert_eq!(run.starts().len(), 1);
}

#[test]
fn what_a_dead_run_left_behind_is_in_nobodys_way_and_swept_later() {
    let run = Run::new("stale");
    let user = run.user();
    let before = user.answer();
    let [stale] = &run.servers()[..] else {
        panic!("one server was started")
    };
    kill_supervisor(stale);
    user.kill_9();
    assert!(is_listening(&before), "an orphan");

    let next = run.user();
    let after = next.answer();
    assert_ne!(after, before);
    assert!(stale.exists(), "a young directory may be in the making");

    fs::File::open(stale)
        .unwrap()
        .set_modified(SystemTime::now() - Duration::from_secs(3600))
        .unwrap();
    kill(*run.starts().last().unwrap());
    let last = run.user();
    assert_ne!(last.answer(), before);
    assert!(!stale.exists());
    // Only Linux tells where a process works.
    if Path::new("/proc/self/cwd").exists() {
        eventually("the orphan is gone", || !is_listening(&before));
    } else {
        kill(run.starts()[0]);
    }
}

/// Kills everything in the process group of the server in `directory` but the server.
fn kill_supervisor(directory: &Path) {
    let server = pid_in(directory).unwrap();
    let group = processes()
        .into_iter()
        .find(|(pid, _)| *pid == server)
        .unwrap()
        .1;
    eventually("the supervisor is gone", || {
        // Its two shells may just be about to start something else.
        let others = processes()
            .into_iter()
            .filter(|(pid, of)| *of == group && *pid != server);
        others.map(|(pid, _)| kill(pid)).count() == 0
    });
}

/// All processes that are no zombies, with their process groups.
fn processes() -> Vec<(u32, u32)> {
    let listed = Command::new("ps")
        .args(["-eo", "pid=,pgid=,stat="])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let read = |line: &str| {
        let mut words = line.split_whitespace();
        let (pid, group) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        (!words.next()?.starts_with('Z')).then_some((pid, group))
    };
    listed.lines().filter_map(read).collect()
}
