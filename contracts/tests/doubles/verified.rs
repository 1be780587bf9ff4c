//! Mocks may answer what some implementation could, and nothing else.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use contrait::check::{Faults, Verified};
use tokio::sync::Semaphore;

use crate::mailbox::{MailError, Mailbox, MailboxOfLetters, MailboxOperation, MockMailbox, stub};
use crate::shelf::{MockShelf, Shelf, ShelfModel, ShelfOperation};
use crate::{panic_of, paused};

fn put(name: &str, letter: &str) -> MailboxOperation {
    MailboxOperation::Put {
        name: name.to_owned(),
        letter: letter.to_owned(),
    }
}

fn verified() -> Verified<MailboxOperation> {
    Verified::new(MailboxOfLetters::default())
}

/// A mock that answers `put` and `letter` so, each time.
fn told(
    put: Result<usize, MailError>,
    letter: Result<Option<&'static str>, MailError>,
) -> MockMailbox {
    let mut mock = MockMailbox::new();
    mock.expect_put().returning(move |_, _| put);
    mock.expect_letter()
        .returning(move |_| letter.map(|letter| letter.map(str::to_owned)));
    mock
}

#[test]
fn honest_mock_is_let_be() {
    let mock = told(Ok(1), Ok(Some("hello")));
    let mailbox = verified().around(Box::new(mock));
    paused(async {
        assert_eq!(mailbox.put("ada", "hello").await, Ok(1));
        let letter = mailbox.letter("ada").await;
        assert_eq!(letter, Ok(Some("hello".to_owned())));
        assert_eq!(mailbox.put("ada", "hello").await, Ok(1));
    });
}

#[test]
fn impossible_answer_fails_at_once_and_says_why() {
    let mut mock = told(Ok(2), Ok(None));
    mock.expect_count().return_const(2_usize);
    let mailbox = verified().given([put("bob", "hi")]).around(Box::new(mock));
    let refused = panic_of(|| {
        paused(async move {
            assert_eq!(mailbox.put("ada", "hello").await, Ok(2));
            assert_eq!(mailbox.count(), 2);
            tokio::time::advance(Duration::from_secs(90)).await;
            let _ = mailbox.letter("ada").await;
            unreachable!("it has failed");
        });
    });
    assert_eq!(
        refused,
        "a mock of `Mailbox` answers what no implementation could
    given put(\"bob\", \"hi\")
    put(\"ada\", \"hello\")     Ok(2)
    count()                 2
    90s pass
  > letter(\"ada\")           Ok(None)
                            the model allows Ok(Some(\"hello\"))
correct what the expectation of `letter` returns, or tell with `given` what the mock takes for granted"
    );
}

#[test]
fn error_of_the_contract_comes_when_the_model_says_so() {
    let mailbox = verified().around(Box::new(told(Err(MailError::Empty), Ok(None))));
    paused(async {
        assert_eq!(mailbox.put("ada", "").await, Err(MailError::Empty));
    });
    let refused = panic_of(|| {
        paused(async move {
            let _ = mailbox.put("ada", "hello").await;
        });
    });
    assert!(refused.contains("the model allows Ok(1)"), "{refused}");
}

#[test]
fn timeout_leaves_open_whether_the_letter_was_put() {
    for letter in [None, Some("hello")] {
        let mailbox = verified().around(Box::new(told(Err(MailError::Timeout), Ok(letter))));
        paused(async {
            assert_eq!(mailbox.put("ada", "hello").await, Err(MailError::Timeout));
            assert_eq!(mailbox.letter("ada").await, Ok(letter.map(str::to_owned)));
            assert_eq!(mailbox.letter("ada").await, Ok(letter.map(str::to_owned)));
        });
    }
    let mailbox = verified().around(Box::new(told(Err(MailError::Timeout), Ok(Some("other")))));
    let refused = panic_of(|| {
        paused(async move {
            let _ = mailbox.put("ada", "hello").await;
            let _ = mailbox.letter("ada").await;
        });
    });
    for line in [
        "    put(\"ada\", \"hello\")  Err(Timeout), carried out or not\n",
        "  > letter(\"ada\")        Ok(Some(\"other\"))\n",
        "the model allows Ok(None) or Ok(Some(\"hello\"))\n",
    ] {
        assert!(refused.contains(line), "{line} in {refused}");
    }
}

/// A mock of which each call of `letter` is answered by the next of `letters`.
fn sequence<const N: usize>(
    put: Result<usize, MailError>,
    letters: [Option<&'static str>; N],
) -> Box<dyn Mailbox> {
    let mut mock = MockMailbox::new();
    mock.expect_put().returning(move |_, _| put);
    let mut letters = letters.into_iter();
    mock.expect_letter().returning(move |_| {
        let letter = letters.next().expect("told so often");
        Ok(letter.map(str::to_owned))
    });
    verified().around(Box::new(mock))
}

async fn letters(mailbox: &dyn Mailbox, times: usize) {
    for _ in 0..times {
        let _ = mailbox.letter("ada").await;
    }
}

/// What timed out may still be on its way; what has arrived stays.
#[test]
fn effect_can_be_late_and_does_not_go_again() {
    let late = [None, None, Some("hello"), Some("hello")];
    let mailbox = sequence(Err(MailError::Timeout), late);
    paused(async {
        let _ = mailbox.put("ada", "hello").await;
        letters(&*mailbox, 4).await;
    });
    let mailbox = sequence(Err(MailError::Timeout), [Some("hello"), None]);
    let refused = panic_of(|| {
        paused(async move {
            let _ = mailbox.put("ada", "hello").await;
            letters(&*mailbox, 2).await;
        });
    });
    assert!(
        refused.contains("the model allows Ok(Some(\"hello\"))"),
        "{refused}"
    );
}

#[test]
fn what_is_denied_has_no_effect() {
    let mailbox = verified().around(Box::new(told(Err(MailError::Denied), Ok(None))));
    paused(async {
        assert_eq!(mailbox.put("ada", "hello").await, Err(MailError::Denied));
        assert_eq!(mailbox.letter("ada").await, Ok(None));
    });
    let mailbox = sequence(Err(MailError::Denied), [Some("hello")]);
    let refused = panic_of(|| {
        paused(async move {
            let _ = mailbox.put("ada", "hello").await;
            letters(&*mailbox, 1).await;
        });
    });
    assert!(refused.contains("the model allows Ok(None)\n"), "{refused}");
}

#[test]
fn many_calls_of_unknown_outcome_are_followed_up_to_a_limit() {
    let mailbox = verified().around(Box::new(told(Err(MailError::Timeout), Ok(Some("5")))));
    let refused = panic_of(|| {
        paused(async move {
            for letter in 0..6 {
                let _ = mailbox.put("ada", &letter.to_string()).await;
            }
            assert!(mailbox.letter("ada").await.is_ok());
            for name in 0..20 {
                let _ = mailbox.put(&name.to_string(), "x").await;
            }
            let _ = mailbox.letter("ada").await;
        });
    });
    let beginning = "too many calls of a mock of `Mailbox` were answered without saying";
    assert!(refused.starts_with(beginning), "{refused}");
}

#[test]
fn sync_mocks_are_verified_whatever_the_receiver() {
    let mut mock = MockShelf::new();
    mock.expect_put().return_const(None);
    mock.expect_get().return_const(Some(1));
    mock.expect_owner().return_const("ada".to_owned());
    let mut shelf = Verified::<ShelfOperation>::new(ShelfModel::default())
        .unverified("owner")
        .around(Box::new(mock));
    assert_eq!(shelf.put("a", 1), None);
    assert_eq!(shelf.get("a"), Some(1));
    assert_eq!(shelf.owner(), "ada");
    let refused = panic_of(move || shelf.get("b"));
    assert!(refused.contains("the model allows None"), "{refused}");
}

#[test]
fn what_cannot_be_verified_is_said_and_not_passed_in_silence() {
    let mut mock = MockShelf::new();
    mock.expect_owner().return_const("ada".to_owned());
    let shelf = Verified::<ShelfOperation>::new(ShelfModel::default()).around(Box::new(mock));
    assert_eq!(
        panic_of(|| shelf.owner().len()),
        "what a mock answers to `Shelf::owner` cannot be verified: it borrows what it answers; let it pass with `unverified(\"owner\")`"
    );
    // Declared in the contract.
    let mut mock = MockMailbox::new();
    mock.expect_flush().returning(|| Ok(()));
    let mailbox = verified().around(Box::new(mock));
    assert_eq!(paused(mailbox.flush()), Ok(()));
}

#[test]
fn given_calls_are_those_that_succeed() {
    assert_eq!(
        panic_of(|| verified().given([put("ada", "")])),
        "given `put(\"ada\", \"\")`, which the model answers with Err(Empty)"
    );
}

#[test]
fn refusal_that_a_task_swallows_is_said_again() {
    let refused = panic_of(|| {
        paused(async {
            let verified = verified();
            let mock = Box::new(told(Ok(7), Ok(None)));
            let mailbox: Arc<dyn Mailbox> = Arc::from(verified.around(mock));
            let other = Arc::clone(&mailbox);
            let task = tokio::spawn(async move { other.put("ada", "hello").await });
            assert!(task.await.is_err(), "the task has panicked");
            // And whoever goes on is told as well.
            let again = tokio::spawn(async move { mailbox.letter("ada").await }).await;
            assert!(again.is_err());
        });
    });
    assert!(
        refused.contains("  > put(\"ada\", \"hello\")  Ok(7)"),
        "{refused}"
    );
}

/// A fake whose `put` waits in the middle.
struct Slow {
    inner: Box<dyn Mailbox>,
    go: Arc<Semaphore>,
    before: bool,
}

#[async_trait]
impl Mailbox for Slow {
    async fn put(&self, name: &str, letter: &str) -> Result<usize, MailError> {
        if self.before {
            let answer = self.inner.put(name, letter).await;
            self.go.acquire().await.expect("open").forget();
            return answer;
        }
        self.go.acquire().await.expect("open").forget();
        self.inner.put(name, letter).await
    }
    async fn letter(&self, name: &str) -> Result<Option<String>, MailError> {
        self.inner.letter(name).await
    }
    fn count(&self) -> usize {
        self.inner.count()
    }
    async fn flush(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Lets a call come as far as it can.
async fn begins<T>(mut call: Pin<&mut impl Future<Output = T>>) {
    poll_fn(|context| {
        assert!(call.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// A call that is under way may have taken effect, or not yet.
#[test]
fn overlapping_calls_take_effect_in_any_order() {
    for before in [false, true] {
        paused(async {
            let go = Arc::new(Semaphore::new(0));
            let slow = Slow {
                inner: stub(),
                go: Arc::clone(&go),
                before,
            };
            let mailbox = verified().around(Box::new(slow));
            let mut put = pin!(mailbox.put("ada", "hello"));
            begins(put.as_mut()).await;
            let letter = mailbox.letter("ada").await;
            assert_eq!(letter, Ok(before.then(|| "hello".to_owned())));
            go.add_permits(1);
            assert_eq!(put.await, Ok(1));
            assert_eq!(mailbox.letter("ada").await, Ok(Some("hello".to_owned())));
        });
    }
}

/// A call that is dropped may have taken effect, or not.
#[test]
fn dropped_calls_are_of_unknown_outcome() {
    for before in [false, true] {
        paused(async {
            let go = Arc::new(Semaphore::new(0));
            let slow = Slow {
                inner: stub(),
                go,
                before,
            };
            let mailbox = verified().around(Box::new(slow));
            let brief = Duration::from_millis(1);
            let put = tokio::time::timeout(brief, mailbox.put("ada", "hello"));
            assert!(put.await.is_err());
            let letter = mailbox.letter("ada").await;
            assert_eq!(letter, Ok(before.then(|| "hello".to_owned())));
        });
    }
}

/// An implementation that keeps its contract is never refused, whatever its network does to it.
#[test]
fn faulty_implementation_is_no_liar() {
    for seed in 0..200 {
        let faults = Faults::<MailboxOperation>::new(seed);
        faults.on("put").error(|| MailError::Timeout).rate(0.1);
        let after = faults.on("put").error_after_effect(|| MailError::Timeout);
        after.rate(0.1);
        let mailbox = verified().around(faults.around(stub()));
        let mut rng = numbers(seed);
        paused(async {
            for _ in 0..30 {
                let name = ["a", "b"][rng() % 2];
                match rng() % 3 {
                    0 => drop(mailbox.put(name, ["", "x", "y"][rng() % 3]).await),
                    1 => drop(mailbox.letter(name).await),
                    _ => drop(mailbox.count()),
                }
            }
        });
    }
}

/// Numbers that derive from a seed.
fn numbers(seed: u64) -> impl FnMut() -> usize {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    }
}
