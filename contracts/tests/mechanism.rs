//! A suite, its groups and its backends, as a user writes them in one file.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use contrait::{Clock, Context, backend, contract, contract_suite};

#[contract]
#[async_trait::async_trait]
trait Store: Send + Sync {
    async fn get(&self, key: &str) -> Result<Option<String>, String>;
    async fn set(&self, key: &str, value: &str) -> Result<(), String>;
}

#[derive(Default)]
struct Shared(Mutex<HashMap<String, String>>);

struct Memory {
    shared: std::sync::Arc<Shared>,
    namespace: String,
}

#[async_trait::async_trait]
impl Store for Memory {
    async fn get(&self, key: &str) -> Result<Option<String>, String> {
        let entries = self.shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(entries.get(&format!("{}:{key}", self.namespace)).cloned())
    }
    async fn set(&self, key: &str, value: &str) -> Result<(), String> {
        let mut entries = self.shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(format!("{}:{key}", self.namespace), value.to_owned());
        Ok(())
    }
}

#[contract_suite(Store)]
mod suite {
    use super::*;

    /// What was set is there.
    #[case]
    async fn set_then_get(store: &dyn Store) -> Result<(), String> {
        store.set("k", "v").await?;
        assert_eq!(store.get("k").await?.as_deref(), Some("v"));
        Ok(())
    }

    /// Two handles see the same entries.
    #[case]
    async fn shared(a: &dyn Store, b: &dyn Store, context: &Context) -> Result<(), String> {
        a.set("k", context.namespace()).await?;
        assert_eq!(b.get("k").await?.as_deref(), Some(context.namespace()));
        Ok(())
    }

    /// Failing on purpose.
    #[case]
    #[should_panic(expected = "on purpose")]
    async fn panics(store: &dyn Store) {
        let _ = store.get("k").await;
        panic!("on purpose");
    }

    /// What needs a capability.
    #[case(needs(teleport), timeout = "500ms", tags(slow))]
    async fn teleports(store: &dyn Store) -> Result<(), String> {
        store
            .get("k")
            .await?
            .map(|_| ())
            .ok_or("not teleported".to_owned())
    }

    mod time {
        use super::*;

        /// A day passes at once.
        #[case]
        async fn passes(store: &dyn Store, clock: &Clock) -> Result<(), String> {
            store.set("k", "v").await?;
            clock.advance(Duration::from_secs(86400)).await;
            assert_eq!(store.get("k").await?.as_deref(), Some("v"));
            Ok(())
        }

        mod deep {
            use super::*;

            /// Only where there is a reason.
            #[case]
            #[cfg(unix)]
            async fn only_here(
                #[namespace("a")] store: &dyn Store,
                #[namespace("b")] other: &dyn Store,
            ) -> Result<(), String> {
                store.set("k", "v").await?;
                assert_eq!(other.get("k").await?, None);
                Ok(())
            }

            /// Never anywhere.
            #[case]
            #[cfg(not(unix))]
            async fn never(_store: &dyn Store) {
                compile_error!("is not there");
            }
        }
    }
}

#[backend(suite, clock = virtual, lacks(teleport = "needs quantum memory"))]
fn memory(context: &Context) -> Memory {
    Memory {
        shared: context.shared(Shared::default),
        namespace: context.namespace().to_owned(),
    }
}

#[backend(self::suite, clock = virtual, lacks(teleport = "as the other"))]
async fn again(context: &Context) -> Result<Memory, std::io::Error> {
    Ok(memory(context))
}
