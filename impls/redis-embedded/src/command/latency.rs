//! LATENCY: how long commands take. Events are only noted above a threshold, which nothing here reaches.

use super::dispatch::shown;
use super::server::{container, help};
use super::table::commands;
use super::{Command, Cx, Outcome};
use crate::profile::Profile;
use crate::server::usage::{Calls, limit};

commands! {
    "latency" -2 [CONTAINER] (0, 0, 0) "" => container;
    "latency|latest" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => no_events;
    "latency|history" 3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => no_events;
    "latency|reset" -2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => reset;
    "latency|histogram" -2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => histogram;
    "latency|graph" 3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => graph;
    "latency|doctor" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => doctor;
    "latency|help" 2 [LOADING STALE] (0, 0, 0) "" => help;
}

fn no_events(cx: &mut Cx<'_>) -> Outcome {
    cx.out.array(0);
    Ok(())
}

fn reset(cx: &mut Cx<'_>) -> Outcome {
    cx.out.int(0);
    Ok(())
}

/// The commands that have been timed, or those of them that are named; a container stands for its subcommands.
fn histogram(cx: &mut Cx<'_>) -> Outcome {
    cx.state.settle_usage(0);
    let names = &cx.args[2..];
    let is_named = |name: &str| {
        let same = |wanted: &&[u8]| wanted.eq_ignore_ascii_case(name.as_bytes());
        names.iter().any(same)
    };
    let wanted = |command: &Command| {
        names.is_empty() || is_named(command.name) || command.container().is_some_and(is_named)
    };
    let timed = cx.state.stats.usage.iter();
    let timed = timed.filter(|(command, calls)| calls.timed() > 0 && wanted(command));
    let timed: Vec<(&Command, &Calls)> = timed.collect();
    cx.out.map(timed.len());
    for (command, calls) in timed {
        cx.out.text(command.name);
        cx.out.map(2);
        cx.out.text("calls");
        cx.out.int(calls.timed().cast_signed());
        cx.out.text("histogram_usec");
        cx.out.map(calls.steps().count());
        for (step, sum) in calls.steps() {
            cx.out.int((limit(step) / 1000).cast_signed());
            cx.out.int(sum.cast_signed());
        }
    }
    Ok(())
}

fn graph(cx: &mut Cx<'_>) -> Outcome {
    let name = shown(cx.arg(2), usize::MAX);
    Err([b"ERR No samples available for event '", name, b"'"]
        .concat()
        .into())
}

fn doctor(cx: &mut Cx<'_>) -> Outcome {
    let product = cx.state.profile.product();
    let mut text = format!(
        "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this {product} \
         instance. You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in order \
         to enable it."
    );
    let page = match cx.state.profile {
        Profile::Redis7_0 => Some("topics"),
        Profile::Redis8_2 => Some("docs/latest/operate/oss_and_stack/management/optimization"),
        _ => None,
    };
    if let Some(page) = page {
        text.push_str(&format!(
            " If we weren't in a deep space mission I'd suggest to take a look at \
             https://redis.io/{page}/latency-monitor."
        ));
    }
    cx.out.verbatim("txt", &(text + "\n"));
    Ok(())
}
