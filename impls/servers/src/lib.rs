//! Real servers for tests: found, started, shared by a whole run, and stopped when the run has ended.
//!
//! ```no_run
//! use contrait_servers::Redis;
//!
//! let redis = Redis::shared()?;
//! println!("{} is {}", redis.url(), redis.describe());
//! # Ok::<(), contrait_servers::ServerError>(())
//! ```
//!
//! # Where a server comes from
//!
//! 1. `CONTRAIT_REDIS_URL` names a running one (`redis://`, `rediss://`, `unix://`).
//! 2. `CONTRAIT_REDIS_BINARY` names a binary, or `redis-server` or `valkey-server` is on `PATH`: it is started on a free
//!    loopback port, in a directory of its own, without persistence.
//! 3. With the feature `containers`, and where a Docker engine answers: a container of `redis:8.2`, or of the image that
//!    `CONTRAIT_REDIS_IMAGE` names.
//! 4. Otherwise [`ServerError::Absent`] says at once what is missing and how to give it. Nothing skips.
//!
//! [`Memcached`] comes in the same ways, by `CONTRAIT_MEMCACHED_URL` (`memcached://`), `CONTRAIT_MEMCACHED_BINARY` and
//! `CONTRAIT_MEMCACHED_IMAGE` (`memcached:1.6`).
//!
//! [`Choice`] reads `CONTRAIT_SERVERS`, which chooses between these and a server embedded in the test process. A variable
//! that is set to the empty text counts as unset everywhere, since build systems pass such values on.
//!
//! # One server a run
//!
//! [`Redis::shared`] gives all tests of one run the same server: the threads of a test binary, the binaries that one
//! `cargo test` starts one after the other, and the process that nextest starts for each test. Each process holds the
//! writing end of a FIFO; a small POSIX shell holds the reading end, and with it learns from the kernel when the last
//! process has ended, also by `kill -9`. Five seconds later, or as many as `CONTRAIT_SERVERS_LINGER` says, it stops the
//! server and removes its directory.
//! Neither the shell nor the server holds the tests' standard streams, so that `cargo test | tee` ends with the tests.
//!
//! A container is shared by the run as well, and ends by itself as many seconds after its last user, which it knows by
//! their connections; see `contrait-containers`. The engine is the one that `DOCKER_HOST` names, or the one on this machine.
//!
//! [`RedisCluster::shared`] is the same for a cluster of three nodes. It is always started here: what it is made of must be
//! known, and a named server is in no cluster or in somebody's.
//!
//! [`Redis::own`] and [`Memcached::own`] are for tests that kill, freeze or restart their server. They too end with their
//! process. Like the nodes of a cluster they are processes of this machine, never containers.
//!
//! # In suites
//!
//! With the feature `suite`, a backend asks the context of its case for the server that the run chose:
//! `context.redis().await?` by the trait `Servers`.
//!
//! # Blocking
//!
//! Every call blocks: about a millisecond to join a server, some 50 ms to start one, at most a second to learn that a
//! named one does not answer; minutes where an engine has to fetch an image. Call them at setup, or inside `spawn_blocking` where an executor must not wait.
#![cfg(unix)]

mod choice;
#[cfg(feature = "containers")]
mod container;
mod environment;
mod error;
mod local;
mod memcached;
mod probe;
mod redis;
#[cfg(feature = "suite")]
mod suite;

pub use choice::Choice;
pub use environment::{Environment, ProcessEnvironment};
pub use error::ServerError;
pub use memcached::{Memcached, OwnMemcached};
pub use redis::{OwnRedis, OwnRedisCluster, Redis, RedisCluster};
#[cfg(feature = "suite")]
pub use suite::{CaseCluster, CaseMemcached, CaseRedis, Servers};
