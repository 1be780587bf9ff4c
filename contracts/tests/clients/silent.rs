//! What is right is left alone, whatever the seed.

use std::process::Command;

use contrait::{Context, backend};

use super::store::{Flaw, Flawed, Remote, strict, suite};

/// The store without a flaw, as callers in this process have it.
#[backend(suite, strict, clock = virtual)]
fn correct(context: &Context) -> Flawed {
    Flawed::new(context, Flaw::Nothing)
}

/// Runs the checks of the backend above with other seeds, each in a process of its own, as a user does.
#[test]
fn whatever_the_seed() {
    let program = std::env::current_exe().expect("this program");
    for seed in 0..8 {
        let run = Command::new(&program)
            .args(["silent::correct", "generated"])
            .env_remove("CONTRAIT_RECORD")
            .env("CONTRAIT_SEED", seed.to_string())
            .output()
            .expect("runs");
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stdout)
        );
    }
}

/// Answers find their calls, and calls their answers.
mod remote {
    use super::*;

    #[contrait::contract_suite(super::super::store::Store, model = |_| super::super::store::StoreState::default())]
    pub(crate) mod alone {
        use super::super::super::store::Store;

        /// It has its own answers.
        #[case]
        async fn answers(store: &dyn Store) {
            store.put("a", 1).await;
            assert_eq!(store.get("a").await, Some(1));
        }
    }

    #[backend(alone)]
    async fn paired() -> Remote {
        Remote::new(true)
    }
}
