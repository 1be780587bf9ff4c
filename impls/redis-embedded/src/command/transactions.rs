//! MULTI, EXEC and WATCH.

use super::dispatch::call;
use super::table::commands;
use super::{Cx, Error, Mode, Outcome, acl};
use crate::server::client::Transaction;

commands! {
    "multi" 1 [NOSCRIPT LOADING STALE FAST ALLOW_BUSY] (0, 0, 0) "transaction" => multi;
    "exec" 1 [NOSCRIPT LOADING STALE SKIP_SLOWLOG] (0, 0, 0) "transaction" => exec;
    "discard" 1 [NOSCRIPT LOADING STALE FAST ALLOW_BUSY] (0, 0, 0) "transaction" => discard;
    "watch" -2 [NOSCRIPT LOADING STALE FAST ALLOW_BUSY] (1, -1, 1) "transaction" => watch;
    "unwatch" 1 [NOSCRIPT LOADING STALE FAST ALLOW_BUSY] (0, 0, 0) "transaction" => unwatch;
}

fn multi(cx: &mut Cx<'_>) -> Outcome {
    if cx.client.multi.is_some() {
        return Err(Error::new("ERR MULTI calls can not be nested"));
    }
    cx.client.multi = Some(Transaction::default());
    cx.client.had_multi = true;
    cx.out.ok();
    Ok(())
}

fn discard(cx: &mut Cx<'_>) -> Outcome {
    if cx.client.multi.take().is_none() {
        return Err(Error::new("ERR DISCARD without MULTI"));
    }
    cx.state.unwatch(cx.client);
    cx.out.ok();
    Ok(())
}

fn exec(cx: &mut Cx<'_>) -> Outcome {
    let multi = cx
        .client
        .multi
        .take()
        .ok_or(Error::new("ERR EXEC without MULTI"))?;
    // What has expired since it was watched has changed.
    for (db, key) in cx.client.watched.clone() {
        cx.state.dbs[db].contains(&key);
    }
    cx.state.announce(Some(cx.client));
    let dirty = cx.client.dirty;
    cx.state.unwatch(cx.client);
    if multi.aborted {
        return Err(Error::new(
            "EXECABORT Transaction discarded because of previous errors.",
        ));
    }
    if dirty {
        cx.out.null_array();
        return Ok(());
    }
    cx.out.array(multi.queue.len());
    cx.client.in_exec = true;
    for (command, args) in multi.queue {
        let args: Vec<&[u8]> = args.iter().map(Vec::as_slice).collect();
        if let Err(error) = acl::check_again(cx.state, cx.client, command, &args) {
            cx.out.error(error.bytes());
            continue;
        }
        call(
            cx.state,
            cx.client,
            command,
            &args,
            Mode::Inside,
            &mut cx.out,
        );
    }
    cx.client.in_exec = false;
    cx.client.last_command = "exec";
    Ok(())
}

fn watch(cx: &mut Cx<'_>) -> Outcome {
    if cx.client.multi.is_some() {
        return Err(Error::new("ERR WATCH inside MULTI is not allowed"));
    }
    cx.client.had_multi = true;
    for key in &cx.args[1..] {
        // What has expired before is not what is watched.
        cx.db().contains(key);
        cx.state.announce(Some(cx.client));
        cx.state.watch(cx.client, key);
    }
    cx.out.ok();
    Ok(())
}

fn unwatch(cx: &mut Cx<'_>) -> Outcome {
    cx.state.unwatch(cx.client);
    cx.out.ok();
    Ok(())
}
