//! A server that a case has for itself and controls: a process, or an embedded one that behaves as one.
//!
//! It asks for a password, so that a client which comes back has to show it again, and a case can look for it where it
//! must not be.

use std::sync::Arc;

use contrait::{Context, Controlled, ServerControl, ServerState, SetupError};
#[cfg(feature = "tls")]
use redis_embedded::Tls;

use super::CaseRedis;
use super::embedded::Embedded;
#[cfg(feature = "tls")]
use crate::redis::Certificate;
use crate::{OwnRedis, Redis, ServerError};

fn password(context: &Context) -> String {
    // What has two parts is in nothing else that a client may show.
    format!("hunter2-{}", context.namespace())
}

pub(super) async fn real(context: &Context) -> Result<CaseRedis, SetupError> {
    let password = password(context);
    let start = async || {
        let started = tokio::task::spawn_blocking(move || {
            Redis::own_with_password(&password).map(|redis| Process(Arc::new(redis)))
        });
        Ok::<_, SetupError>(started.await??)
    };
    let process = context.shared_async(start).await?;
    let redis = CaseRedis {
        url: process.0.url().to_owned(),
        description: process.0.describe(),
    };
    context.control_server(process);
    Ok(redis)
}

pub(super) async fn embedded(context: &Context) -> Result<CaseRedis, SetupError> {
    let password = password(context);
    let start = async || Embedded::start(password).await;
    let embedded = context.shared_async(start).await?;
    let redis = CaseRedis {
        url: embedded.url(),
        description: embedded.describe(),
    };
    context.control_server(embedded);
    Ok(redis)
}

/// A server process.
struct Process(Arc<OwnRedis>);

impl Process {
    /// The calls block.
    fn control(
        &self,
        what: impl FnOnce(&OwnRedis) -> Result<(), ServerError> + Send + 'static,
    ) -> Controlled<'_> {
        let redis = Arc::clone(&self.0);
        let called = tokio::task::spawn_blocking(move || what(&redis));
        Box::pin(async move { Ok(called.await??) })
    }
}

impl ServerControl for Process {
    fn address(&self) -> String {
        self.0.address()
    }

    fn secret(&self) -> Option<String> {
        self.0.password()
    }

    fn stop(&self) -> Controlled<'_> {
        self.control(OwnRedis::stop)
    }

    fn kill(&self) -> Controlled<'_> {
        self.control(OwnRedis::kill)
    }

    fn freeze(&self) -> Controlled<'_> {
        self.control(OwnRedis::freeze)
    }

    fn thaw(&self) -> Controlled<'_> {
        self.control(OwnRedis::thaw)
    }

    fn restart(&self) -> Controlled<'_> {
        self.control(OwnRedis::restart)
    }

    fn restart_with_secret(&self, secret: &str) -> Controlled<'_> {
        let secret = secret.to_owned();
        self.control(move |redis| redis.restart_with_password(&secret))
    }

    fn enter(&self, state: ServerState) -> Controlled<'_> {
        match state {
            ServerState::Serving => self.control(OwnRedis::recover),
            ServerState::Full => self.control(OwnRedis::fill_memory),
            ServerState::ReadOnly => self.control(OwnRedis::demote),
            ServerState::Loading => self.control(OwnRedis::restart_loading),
            other => Box::pin(async move { Err(format!("Redis is never {other:?}").into()) }),
        }
    }

    #[cfg(feature = "tls")]
    fn restart_with_tls(&self) -> Controlled<'_, String> {
        Box::pin(async {
            let tls = Tls::self_signed()?;
            let certificate = Certificate {
                chain: tls.chain_pem().to_owned(),
                key: tls.key_pem().to_owned(),
                authority: tls.ca_pem().to_owned(),
            };
            self.control(|redis| redis.restart_with_certificate(certificate))
                .await?;
            Ok(tls.ca_pem().to_owned())
        })
    }
}
