//! A stub behaves as its model.

use std::sync::Arc;
use std::time::Duration;

use contrait::cache::model::CacheModel;
use contrait::cache::{CacheInterface, CacheInterfaceOperation, CacheLimits, TimeToLive};
use contrait::check::Stub;

use crate::mailbox::{MailError, MailboxOfLetters, MailboxOperation};
use crate::shelf::{Missing, ShelfModel, ShelfOperation};
use crate::{panic_of, paused};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn tokios_clock_is_the_models() {
    paused(async {
        let limits = CacheLimits::new(8, 8, Duration::from_millis(1));
        let stub = Stub::<CacheInterfaceOperation>::new(CacheModel::new(limits));
        let cache: Arc<dyn CacheInterface> = Arc::from(stub.object());
        cache.set("k", b"v", Some(5 * SECOND)).await.expect("set");
        tokio::time::advance(3 * SECOND).await;
        let ttl = cache.ttl("k").await.expect("ttl");
        assert_eq!(ttl, TimeToLive::Remaining(2 * SECOND));
        let other = stub.object();
        assert_eq!(
            other.get("k").await.expect("get").as_deref(),
            Some(&b"v"[..])
        );
        tokio::time::advance(2 * SECOND).await;
        assert!(!other.exists("k").await.expect("exists"));
        assert_eq!(other.limits(), limits);
    });
}

#[test]
fn state_is_given() {
    let put = |name: &str, letter: &str| MailboxOperation::Put {
        name: name.to_owned(),
        letter: letter.to_owned(),
    };
    let stub = || Stub::<MailboxOperation>::new(MailboxOfLetters::default());
    let mailbox = stub().given([put("a", "x"), put("b", "y")]).object();
    assert_eq!(mailbox.count(), 2);
    paused(async {
        assert_eq!(mailbox.letter("a").await, Ok(Some("x".to_owned())));
        assert_eq!(mailbox.put("a", "").await, Err(MailError::Empty));
    });
    assert_eq!(
        panic_of(|| stub().given([put("a", "")])),
        "given `put(\"a\", \"\")`, which the model answers with Err(Empty)"
    );
    assert_eq!(
        panic_of(|| paused(mailbox.flush())),
        "a stub cannot answer `Mailbox::flush`: is not to be called"
    );
}

#[test]
fn sync_contracts_are_stubbed_as_well() {
    let mut shelf = Stub::<ShelfOperation>::new(ShelfModel::default()).object();
    assert_eq!(shelf.put("a", 1), None);
    assert_eq!(shelf.get("a"), Some(1));
    assert_eq!(shelf.take("a"), Ok(1));
    assert_eq!(shelf.take("a"), Err(Missing));
    assert_eq!(
        panic_of(|| shelf.owner().len()),
        "a stub cannot answer `Shelf::owner`: it borrows what it answers"
    );
}
