//! Faults come when they are told to, and only then.

use std::sync::Arc;
use std::time::Duration;

use contrait::check::Faults;
use tokio::time::{Instant, timeout};

use crate::mailbox::{MailError, Mailbox, MailboxOperation, MailboxOutcome, stub};
use crate::shelf::{Missing, Shelf, ShelfModel, ShelfOperation};
use crate::{panic_of, paused};

const SECOND: Duration = Duration::from_secs(1);

fn mailbox() -> (Faults<MailboxOperation>, Arc<dyn Mailbox>) {
    let faults = Faults::new(7);
    let mailbox = Arc::from(faults.around(stub()));
    (faults, mailbox)
}

#[test]
fn error_comes_before_the_effect_or_after_it() {
    let (faults, mailbox) = mailbox();
    paused(async {
        let before = faults.on("put").error(|| MailError::Timeout).guard();
        assert_eq!(mailbox.put("a", "x").await, Err(MailError::Timeout));
        assert_eq!(mailbox.letter("a").await, Ok(None));
        drop(before);
        faults.on("put").error_after_effect(|| MailError::Denied);
        assert_eq!(mailbox.put("a", "x").await, Err(MailError::Denied));
        assert_eq!(mailbox.letter("a").await, Ok(Some("x".to_owned())));
        faults.clear();
        assert_eq!(mailbox.put("b", "y").await, Ok(2));
        assert_eq!(faults.hits(), 2);
    });
}

#[test]
fn answer_is_any_that_the_method_has() {
    let (faults, mailbox) = mailbox();
    faults.on("count").answer(|| MailboxOutcome::Count(99));
    faults
        .on("put")
        .answer_after_effect(|| MailboxOutcome::Put(Ok(5)))
        .times(1);
    paused(async {
        assert_eq!(mailbox.put("a", "x").await, Ok(5));
        assert_eq!(mailbox.put("b", "x").await, Ok(2));
    });
    assert_eq!(mailbox.count(), 99);
    let (faults, mailbox) = self::mailbox();
    faults.on("count").answer(|| MailboxOutcome::Put(Ok(1)));
    assert_eq!(
        panic_of(|| mailbox.count()),
        "a call of `count` met a fault whose answer is one of `put`"
    );
}

#[test]
fn delays_pass_on_the_clock_and_add_up() {
    let (faults, mailbox) = mailbox();
    faults.on("put").delay(2 * SECOND);
    faults.on_any().delay_after_effect(3 * SECOND);
    faults.on("put").error_after_effect(|| MailError::Timeout);
    // Asked after a fault that ends the call.
    let last = faults.on_any().delay(7 * SECOND);
    paused(async {
        let began = Instant::now();
        assert_eq!(mailbox.put("a", "x").await, Err(MailError::Timeout));
        assert_eq!(began.elapsed(), 5 * SECOND);
        assert_eq!(last.hits(), 0);
        assert_eq!(mailbox.letter("a").await, Ok(Some("x".to_owned())));
        assert_eq!(began.elapsed(), 15 * SECOND);
        assert_eq!(last.hits(), 1);
    });
}

#[test]
fn hang_never_answers_before_or_after_the_effect() {
    let (faults, mailbox) = mailbox();
    faults.on("put").hang().times(1);
    faults.on("put").hang_after_effect().times(1);
    paused(async {
        assert!(timeout(99 * SECOND, mailbox.put("a", "x")).await.is_err());
        assert_eq!(mailbox.count(), 0);
        assert!(timeout(99 * SECOND, mailbox.put("a", "x")).await.is_err());
        assert_eq!(mailbox.count(), 1);
        assert_eq!(mailbox.put("b", "x").await, Ok(2));
    });
}

#[test]
fn panic_is_the_callers() {
    let (faults, mailbox) = mailbox();
    faults.on("put").panic("so it was told");
    let panicked = panic_of(|| paused(mailbox.put("a", "x")));
    assert_eq!(panicked, "so it was told");
    assert_eq!(mailbox.count(), 0);
}

/// Which of `calls` calls fail.
fn failing(faults: &Faults<MailboxOperation>, calls: usize) -> Vec<usize> {
    let mailbox = faults.around(stub());
    paused(async {
        let mut failing = Vec::new();
        for call in 1..=calls {
            if mailbox.letter("a").await.is_err() {
                failing.push(call);
            }
        }
        failing
    })
}

#[test]
fn faults_are_counted() {
    let all = |seed| Faults::<MailboxOperation>::new(seed);
    let faults = all(1);
    let first = faults.on("letter").error(|| MailError::Timeout).times(2);
    assert_eq!(failing(&faults, 9), [1, 2]);
    assert_eq!(first.hits(), 2);
    first.remove();
    assert_eq!(first.hits(), 0);
    let faults = all(1);
    faults.on("letter").error(|| MailError::Timeout).every(3);
    assert_eq!(failing(&faults, 10), [3, 6, 9]);
    let faults = all(1);
    let some = faults.on("letter").error(|| MailError::Timeout);
    let some = some.after(4).every(2).times(2);
    assert_eq!(failing(&faults, 20), [6, 8]);
    assert_eq!(
        format!("{faults:?}"),
        "[letter: another answer, 2 of 20 calls]"
    );
    assert_eq!(some.hits(), 2);
}

#[test]
fn rate_is_kept_and_comes_again_with_the_seed() {
    let at = |seed, rate| {
        let faults = Faults::<MailboxOperation>::new(seed);
        faults.on("letter").error(|| MailError::Timeout).rate(rate);
        failing(&faults, 1000)
    };
    let some = at(1, 0.25);
    assert!((200..300).contains(&some.len()), "{}", some.len());
    assert_eq!(at(1, 0.25), some);
    assert_ne!(at(2, 0.25), some);
    assert_eq!(at(1, 0.0), [0; 0]);
    assert_eq!(at(1, 1.0).len(), 1000);
}

#[test]
fn arguments_choose() {
    let (faults, mailbox) = mailbox();
    let to_bob = |call: &MailboxOperation| matches!(call, MailboxOperation::Put { name, .. } if name == "bob");
    let hits = faults.on_any().when(to_bob).error(|| MailError::Denied);
    paused(async {
        assert_eq!(mailbox.put("ada", "x").await, Ok(1));
        assert_eq!(mailbox.put("bob", "x").await, Err(MailError::Denied));
        assert_eq!(mailbox.letter("bob").await, Ok(None));
        assert_eq!(mailbox.count(), 1);
    });
    assert_eq!(hits.hits(), 1);
}

#[test]
fn sync_methods_fail_as_well_whatever_their_receiver() {
    let faults = Faults::<ShelfOperation>::new(1);
    let mut shelf: Box<dyn Shelf> = faults.around(Box::new(ShelfModel::default()));
    assert_eq!(shelf.put("a", 1), None);
    assert_eq!(shelf.owner(), "nobody");
    faults.on("take").error_after_effect(|| Missing).times(1);
    assert_eq!(shelf.take("a"), Err(Missing));
    assert_eq!(shelf.get("a"), None);
    let late = faults.on("get").delay(Duration::from_micros(1)).times(1);
    assert_eq!(shelf.get("a"), None);
    assert_eq!(late.hits(), 1);
    faults.on("get").panic("gone");
    assert_eq!(panic_of(|| shelf.get("a")), "gone");
    faults.on("put").hang();
    assert_eq!(panic_of(|| shelf.put("a", 2)), "the call never answers");
}

#[test]
fn borrowed_subjects_have_faults_too() {
    let mut model = ShelfModel::default();
    let faults = Faults::<ShelfOperation>::new(1);
    {
        let mut shelf: Box<dyn Shelf + '_> = faults.around(Box::new(Borrowing(&mut model)));
        faults.on("put").panic("no").times(1);
        assert_eq!(panic_of(|| shelf.put("a", 1)), "no");
        shelf.put("a", 2);
    }
    assert_eq!(model.get("a"), Some(2));
}

struct Borrowing<'m>(&'m mut ShelfModel);

impl Shelf for Borrowing<'_> {
    fn put(&mut self, name: &str, number: u32) -> Option<u32> {
        self.0.put(name, number)
    }
    fn get(&self, name: &str) -> Option<u32> {
        self.0.get(name)
    }
    fn take(&mut self, name: &str) -> Result<u32, Missing> {
        self.0.take(name)
    }
    fn owner(&self) -> &str {
        self.0.owner()
    }
}

#[test]
fn what_cannot_fail_so_is_told() {
    let mailbox = Faults::<MailboxOperation>::new(1);
    let shelf = Faults::<ShelfOperation>::new(1);
    assert_eq!(
        panic_of(|| mailbox.on("puts")),
        "`Mailbox` has no method `puts` (did you mean `put`?); it has put, letter, count"
    );
    assert_eq!(
        panic_of(|| mailbox.on("burn")),
        "`Mailbox` has no method `burn`; it has put, letter, count"
    );
    assert_eq!(
        panic_of(|| mailbox.on("flush")),
        "`Mailbox::flush`: is not to be called; it is there for its error"
    );
    assert_eq!(
        panic_of(|| mailbox.on("count").error(|| MailError::Empty)),
        "`Mailbox::count` answers no error"
    );
    assert_eq!(
        panic_of(|| mailbox.on("put").error(|| Missing)),
        "`Mailbox::put` answers the error `doubles::mailbox::MailError`, and not `doubles::shelf::Missing`"
    );
    assert_eq!(
        panic_of(|| mailbox.on_any().error(|| Missing)),
        "no method of `Mailbox` answers the error `doubles::shelf::Missing`"
    );
    assert_eq!(
        panic_of(|| shelf.on("owner")),
        "`Shelf::owner` borrows what it answers, so that nobody can answer in its stead"
    );
}
