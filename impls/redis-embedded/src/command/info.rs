//! INFO: what the server tells about itself.

use std::fmt::Write as _;

use super::table::commands;
use super::{Cx, Outcome};
use crate::server::state::State;
use crate::server::usage::{Calls, limit};

commands! {
    "info" -1 [LOADING STALE] (0, 0, 0) "dangerous" => info;
}

/// The sections that are only there when they, or all, are asked for.
const RARE: [&str; 2] = ["commandstats", "latencystats"];

/// Writes a section; it is also given how many connections wait.
type Section = fn(&State, usize) -> String;

/// The sections in the order INFO has them.
const SECTIONS: [(&str, Section); 12] = [
    ("server", server),
    ("clients", clients),
    ("memory", memory),
    ("persistence", persistence),
    ("stats", stats),
    ("replication", replication),
    ("cpu", cpu),
    ("commandstats", command_stats),
    ("errorstats", |_, _| "# Errorstats\r\n".into()),
    ("latencystats", latency_stats),
    ("cluster", |state, _| {
        let enabled = u8::from(state.cluster.is_some());
        section("Cluster", &[("cluster_enabled", &enabled)])
    }),
    ("keyspace", keyspace),
];

fn info(cx: &mut Cx<'_>) -> Outcome {
    let wanted: Vec<String> = cx.args[1..]
        .iter()
        .map(|name| String::from_utf8_lossy(name).to_lowercase())
        .collect();
    let is_wanted = |name: &str| wanted.iter().any(|wanted| wanted == name);
    let all = is_wanted("all") || is_wanted("everything");
    let usual = all || wanted.is_empty() || is_wanted("default");
    cx.state.settle_usage(0);
    let waiting = cx
        .state
        .clients
        .values()
        .filter(|client| client.blocked.is_some())
        .count();
    let mut text = String::new();
    for (name, section) in SECTIONS {
        if all || usual && !RARE.contains(&name) || is_wanted(name) {
            if !text.is_empty() {
                text.push_str("\r\n");
            }
            text.push_str(&section(cx.state, waiting));
        }
    }
    cx.out.verbatim("txt", &text);
    Ok(())
}

/// A section of lines, each a name and a value.
fn section(title: &str, lines: &[(&str, &dyn std::fmt::Display)]) -> String {
    let mut text = format!("# {title}\r\n");
    for (name, value) in lines {
        // Writing to a string cannot fail.
        let _ = write!(text, "{name}:{value}\r\n");
    }
    text
}

fn server(state: &State, _: usize) -> String {
    let uptime = (state.now - state.started) / 1000;
    let version = state.profile.info(state.mode());
    let mut text = section("Server", &[]);
    for (name, value) in version {
        let _ = write!(text, "{name}:{value}\r\n");
    }
    let rest = section(
        "",
        &[
            ("redis_git_sha1", &"00000000"),
            ("redis_git_dirty", &0),
            ("redis_build_id", &"0"),
            ("os", &std::env::consts::OS),
            ("arch_bits", &64),
            ("multiplexing_api", &"tokio"),
            ("process_id", &std::process::id()),
            ("run_id", &state.run_id),
            ("tcp_port", &state.config.get("port")),
            ("server_time_usec", &state.micros),
            ("uptime_in_seconds", &uptime),
            ("uptime_in_days", &(uptime / 86400)),
            ("hz", &10),
            ("configured_hz", &10),
            ("executable", &"redis-embedded"),
            ("config_file", &""),
        ],
    );
    text + rest.trim_start_matches("# \r\n")
}

fn clients(state: &State, waiting: usize) -> String {
    let tracking = state
        .clients
        .values()
        .filter(|client| client.tracking.is_some())
        .count();
    section(
        "Clients",
        &[
            ("connected_clients", &(state.clients.len() + 1)),
            ("cluster_connections", &0),
            ("maxclients", &state.config.get("maxclients")),
            ("blocked_clients", &waiting),
            ("tracking_clients", &tracking),
        ],
    )
}

fn memory(state: &State, _: usize) -> String {
    let keys: usize = state.dbs.iter().map(crate::db::Db::len).sum();
    // A rough number, since an exact one would mean to look at every value.
    let used = 1_000_000 + keys * 100;
    section(
        "Memory",
        &[
            ("used_memory", &used),
            (
                "used_memory_human",
                &format!("{:.2}M", used as f64 / 1024.0 / 1024.0),
            ),
            ("used_memory_peak", &used),
            ("maxmemory", &state.config.get("maxmemory")),
            ("maxmemory_policy", &state.config.get("maxmemory-policy")),
            ("mem_allocator", &"rust"),
        ],
    )
}

fn persistence(state: &State, _: usize) -> String {
    section(
        "Persistence",
        &[
            ("loading", &0),
            ("rdb_changes_since_last_save", &state.stats.changes),
            ("rdb_bgsave_in_progress", &0),
            ("rdb_last_save_time", &(state.started / 1000)),
            ("rdb_last_bgsave_status", &"ok"),
            ("aof_enabled", &0),
            ("aof_rewrite_in_progress", &0),
            ("aof_last_bgrewrite_status", &"ok"),
        ],
    )
}

fn stats(state: &State, _: usize) -> String {
    let stats = &state.stats;
    section(
        "Stats",
        &[
            ("total_connections_received", &stats.connections),
            ("total_commands_processed", &stats.commands),
            ("rejected_connections", &0),
            ("expired_keys", &stats.expired),
            ("evicted_keys", &0),
            ("keyspace_hits", &stats.hits),
            ("keyspace_misses", &stats.misses),
            ("pubsub_channels", &state.pubsub.channels.len()),
            ("pubsub_patterns", &state.pubsub.patterns.len()),
            ("pubsubshard_channels", &state.pubsub.shards.len()),
        ],
    )
}

/// A line a command that has been called, or was to be.
fn command_stats(state: &State, _: usize) -> String {
    let mut text = "# Commandstats\r\n".to_string();
    for (command, calls) in state.stats.usage.iter() {
        let Calls {
            count,
            micros,
            failed,
            rejected,
            ..
        } = calls;
        let each = *micros as f64 / (*count).max(1) as f64;
        let _ = write!(
            text,
            "cmdstat_{}:calls={count},usec={micros},usec_per_call={each:.2},\
             rejected_calls={rejected},failed_calls={failed}\r\n",
            command.name
        );
    }
    text
}

/// A line a command that has been timed: how long so many of a hundred calls took at most.
fn latency_stats(state: &State, _: usize) -> String {
    let percentiles = state.config.get("latency-tracking-info-percentiles");
    let mut text = "# Latencystats\r\n".to_string();
    let timed = state.stats.usage.iter();
    for (command, calls) in timed.filter(|(_, calls)| calls.timed() > 0) {
        let each = percentiles.split_whitespace().map(|percentile| {
            let wanted = calls.timed() as f64 * percentile.parse().unwrap_or(0.0) / 100.0;
            let step = calls.steps().find(|(_, sum)| *sum as f64 >= wanted);
            let micros = step.map_or(0.0, |(step, _)| limit(step) as f64 / 1000.0);
            format!("p{percentile}={micros:.3}")
        });
        let each: Vec<String> = each.collect();
        let (name, each) = (command.name, each.join(","));
        let _ = write!(text, "latency_percentiles_usec_{name}:{each}\r\n");
    }
    text
}

fn replication(state: &State, _: usize) -> String {
    section(
        "Replication",
        &[
            ("role", &"master"),
            ("connected_slaves", &0),
            ("master_failover_state", &"no-failover"),
            ("master_replid", &state.run_id),
            (
                "master_replid2",
                &"0000000000000000000000000000000000000000",
            ),
            ("master_repl_offset", &state.replication_offset),
            ("second_repl_offset", &-1),
            ("repl_backlog_active", &0),
        ],
    )
}

fn cpu(_: &State, _: usize) -> String {
    section(
        "CPU",
        &[
            ("used_cpu_sys", &"0.000000"),
            ("used_cpu_user", &"0.000000"),
        ],
    )
}

fn keyspace(state: &State, _: usize) -> String {
    let mut text = "# Keyspace\r\n".to_string();
    for (index, db) in state.dbs.iter().enumerate().filter(|(_, db)| db.len() > 0) {
        let _ = write!(
            text,
            "db{index}:keys={},expires={},avg_ttl=0\r\n",
            db.len(),
            db.volatile()
        );
    }
    text
}
