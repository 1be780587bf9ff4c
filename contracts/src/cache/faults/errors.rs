//! What errors say, and what they must not.

use super::calls::{Outcome, all, every};
use crate::cache::CacheInterface;
use crate::cache::judging::shown;
use crate::{Server, contract_suite};

/// What errors say.
#[contract_suite(CacheInterface, group = errors)]
pub mod suite {
    use super::*;

    /// Errors name the server that they are of.
    #[case]
    async fn errors_name_the_server(cache: &dyn CacheInterface, server: &Server) -> Outcome {
        server.kill().await?;
        let keys = ["k".to_owned()];
        for (name, answer) in all(every(cache, &keys)).await {
            let error = answer.expect_err("the server is dead");
            assert!(
                error.to_string().contains(&server.address()),
                "{name}: {error}"
            );
        }
        Ok(())
    }

    /// Errors never tell the server's password: not as text, not as debug output, not in what caused them.
    #[case(needs(password))]
    async fn errors_tell_no_secret(cache: &dyn CacheInterface, server: &Server) -> Outcome {
        let secret = server
            .secret()
            .ok_or("the server has no password to be told")?;
        server.kill().await?;
        let keys = ["k".to_owned()];
        for (name, answer) in all(every(cache, &keys)).await {
            let error = answer.expect_err("the server is dead");
            assert!(
                !shown(&error).contains(&secret),
                "`{name}` tells the password"
            );
        }
        assert!(!format!("{server:?}").contains(&secret));
        Ok(())
    }
}
