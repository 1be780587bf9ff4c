//! The work that every approach does: forty promises of a small key-value store.
//!
//! They are data, so that each approach writes the very same lines into whatever it needs around them. A body speaks of the
//! store as `kv`, and `@` stands for the number of the last edit. More than forty cases repeat these under numbered names.
//! With four statements at the median they are as long as what they stand for: a contract's cases, each one promise.

/// One promise of the store.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) promise: &'static str,
    /// The statements, a line each, without the closing `Ok(())`.
    pub(crate) body: Vec<String>,
}

/// The first `count` cases; `edit` changes a literal of the first one, as a user's edit would.
pub(crate) fn cases(count: usize, edit: u32) -> Vec<Case> {
    (0..count)
        .map(|index| {
            let (name, promise, body) = PROMISES[index % PROMISES.len()];
            let name = match index / PROMISES.len() {
                0 => name.to_owned(),
                again => format!("{name}_{}", again + 1),
            };
            let edit = if index == 0 { edit } else { 0 };
            Case {
                name,
                promise,
                body: body
                    .iter()
                    .map(|line| line.replace('@', &edit.to_string()))
                    .collect(),
            }
        })
        .collect()
}

type Promise = (&'static str, &'static str, &'static [&'static str]);

const PROMISES: [Promise; 40] = [
    (
        "set_then_get",
        "A value that was set is returned, and returned again.",
        &[
            r#"assert_eq!(kv.get("k").await?, None);"#,
            r#"kv.set("k", b"value @").await?;"#,
            r#"assert_eq!(kv.get("k").await?.as_deref(), Some(&b"value @"[..]));"#,
            r#"assert_eq!(kv.get("k").await?.as_deref(), Some(&b"value @"[..]));"#,
        ],
    ),
    (
        "get_of_a_missing_key",
        "A key that was never set has no value, whatever else was set.",
        &[
            r#"assert_eq!(kv.get("missing").await?, None);"#,
            r#"kv.set("k", b"v").await?;"#,
            r#"assert_eq!(kv.get("missing").await?, None);"#,
        ],
    ),
    (
        "set_overwrites",
        "The last value that was set is the one that is returned.",
        &[
            r#"kv.set("k", b"first").await?;"#,
            r#"kv.set("k", b"second").await?;"#,
            r#"assert_eq!(kv.get("k").await?.as_deref(), Some(&b"second"[..]));"#,
            r#"kv.set("k", b"third").await?;"#,
            r#"assert_eq!(kv.get("k").await?.as_deref(), Some(&b"third"[..]));"#,
        ],
    ),
    (
        "delete_removes",
        "A deleted key has no value.",
        &[
            r#"kv.set("k", b"v").await?;"#,
            r#"assert_eq!(kv.get("k").await?.as_deref(), Some(&b"v"[..]));"#,
            r#"kv.delete("k").await?;"#,
            r#"assert_eq!(kv.get("k").await?, None);"#,
        ],
    ),
    (
        "delete_tells_that_it_removed",
        "A deletion tells that there was something to delete.",
        &[
            r#"kv.set("a", b"1").await?;"#,
            r#"kv.set("b", b"2").await?;"#,
            r#"assert!(kv.delete("a").await?, "the first key was there");"#,
            r#"assert!(kv.delete("b").await?, "the second key was there");"#,
        ],
    ),
    (
        "delete_of_a_missing_key",
        "A deletion tells that there was nothing to delete, and deletes nothing else.",
        &[
            r#"assert!(!kv.delete("missing").await?, "nothing was set");"#,
            r#"kv.set("k", b"v").await?;"#,
            r#"assert!(!kv.delete("missing").await?, "another key was set");"#,
            r#"assert!(kv.exists("k").await?, "the other key is still there");"#,
        ],
    ),
    (
        "delete_twice",
        "The second deletion of a key finds nothing.",
        &[
            r#"kv.set("k", b"v").await?;"#,
            r#"assert!(kv.delete("k").await?, "the key was there");"#,
            r#"assert!(!kv.delete("k").await?, "the key was gone");"#,
            r#"assert!(!kv.delete("k").await?, "the key was still gone");"#,
        ],
    ),
    (
        "set_after_delete",
        "A deleted key can be set again.",
        &[
            r#"kv.set("k", b"before").await?;"#,
            r#"kv.delete("k").await?;"#,
            r#"kv.set("k", b"after").await?;"#,
            r#"assert_eq!(kv.get("k").await?.as_deref(), Some(&b"after"[..]));"#,
        ],
    ),
    (
        "exists_after_set",
        "A key that was set exists, and goes on existing when it is set again.",
        &[
            r#"kv.set("k", b"first").await?;"#,
            r#"assert!(kv.exists("k").await?, "the key was set");"#,
            r#"kv.set("k", b"second").await?;"#,
            r#"assert!(kv.exists("k").await?, "the key was set again");"#,
        ],
    ),
    (
        "exists_of_a_missing_key",
        "A key that was never set does not exist, and asking does not create it.",
        &[
            r#"assert!(!kv.exists("missing").await?, "nothing was set");"#,
            r#"assert!(!kv.exists("missing").await?, "asking has created nothing");"#,
            r#"assert_eq!(kv.len().await?, 0);"#,
        ],
    ),
    (
        "exists_after_delete",
        "A deleted key does not exist.",
        &[
            r#"kv.set("k", b"v").await?;"#,
            r#"assert!(kv.exists("k").await?, "the key was set");"#,
            r#"kv.delete("k").await?;"#,
            r#"assert!(!kv.exists("k").await?, "the key was deleted");"#,
        ],
    ),
    (
        "keys_are_independent",
        "What is set at one key is not seen at another.",
        &[
            r#"kv.set("a", b"1").await?;"#,
            r#"kv.set("b", b"2").await?;"#,
            r#"assert_eq!(kv.get("a").await?.as_deref(), Some(&b"1"[..]));"#,
            r#"assert_eq!(kv.get("b").await?.as_deref(), Some(&b"2"[..]));"#,
        ],
    ),
    (
        "keys_are_case_sensitive",
        "Keys that differ in case are different keys.",
        &[
            r#"kv.set("key", b"lower").await?;"#,
            r#"assert_eq!(kv.get("KEY").await?, None);"#,
            r#"kv.set("KEY", b"upper").await?;"#,
            r#"assert_eq!(kv.get("key").await?.as_deref(), Some(&b"lower"[..]));"#,
        ],
    ),
    (
        "keys_may_share_a_prefix",
        "A key that begins as another does is a key of its own.",
        &[
            r#"kv.set("user:1", b"one").await?;"#,
            r#"kv.set("user:10", b"ten").await?;"#,
            r#"kv.delete("user:1").await?;"#,
            r#"assert_eq!(kv.get("user:10").await?.as_deref(), Some(&b"ten"[..]));"#,
        ],
    ),
    (
        "keys_keep_their_spaces",
        "Spaces around a key belong to it.",
        &[
            r#"kv.set(" k ", b"v").await?;"#,
            r#"assert!(kv.exists(" k ").await?, "the key has its spaces");"#,
            r#"assert!(!kv.exists("k").await?, "the key without them is another");"#,
            r#"assert!(!kv.exists(" k").await?, "so is the key with some of them");"#,
        ],
    ),
    (
        "keys_may_be_unicode",
        "A key may be any text.",
        &[
            r#"kv.set("schlüssel", b"1").await?;"#,
            r#"kv.set("鍵", b"2").await?;"#,
            r#"assert_eq!(kv.get("schlüssel").await?.as_deref(), Some(&b"1"[..]));"#,
            r#"assert_eq!(kv.get("鍵").await?.as_deref(), Some(&b"2"[..]));"#,
        ],
    ),
    (
        "keys_may_be_long",
        "A key may have a thousand characters, and all of them count.",
        &[
            r#"let key = "k".repeat(1_000);"#,
            r#"kv.set(&key, b"v").await?;"#,
            r#"assert_eq!(kv.get(&key).await?.as_deref(), Some(&b"v"[..]));"#,
            r#"assert_eq!(kv.get(&key[1..]).await?, None);"#,
        ],
    ),
    (
        "values_may_be_empty",
        "An empty value is a value, and is none no longer once it is deleted.",
        &[
            r#"kv.set("k", b"").await?;"#,
            r#"assert_eq!(kv.get("k").await?.as_deref(), Some(&b""[..]));"#,
            r#"kv.delete("k").await?;"#,
            r#"assert_eq!(kv.get("k").await?, None);"#,
        ],
    ),
    (
        "values_may_hold_any_byte",
        "A value may hold every byte.",
        &[
            r#"let value: Vec<u8> = (0..=255).collect();"#,
            r#"kv.set("k", &value).await?;"#,
            r#"assert_eq!(kv.get("k").await?, Some(value));"#,
        ],
    ),
    (
        "values_may_be_large",
        "A value of 64 KiB comes back whole.",
        &[
            r#"let value = vec![7; 64 * 1024];"#,
            r#"kv.set("k", &value).await?;"#,
            r#"assert_eq!(kv.get("k").await?, Some(value));"#,
        ],
    ),
    (
        "values_keep_line_ends",
        "Line ends in a value stay as they are.",
        &[
            r#"kv.set("unix", b"a\nb\n").await?;"#,
            r#"kv.set("windows", b"a\r\nb\r\n").await?;"#,
            r#"assert_eq!(kv.get("unix").await?.as_deref(), Some(&b"a\nb\n"[..]));"#,
            r#"assert_eq!(kv.get("windows").await?.as_deref(), Some(&b"a\r\nb\r\n"[..]));"#,
        ],
    ),
    (
        "an_empty_value_exists",
        "A key with an empty value exists and counts.",
        &[
            r#"kv.set("k", b"").await?;"#,
            r#"assert!(kv.exists("k").await?, "the key was set");"#,
            r#"assert_eq!(kv.len().await?, 1);"#,
        ],
    ),
    (
        "increment_starts_at_zero",
        "A counter starts at zero.",
        &[
            r#"assert!(!kv.exists("n").await?, "nothing was counted");"#,
            r#"assert_eq!(kv.increment("n", 1).await?, 1);"#,
            r#"assert!(kv.exists("n").await?, "the counter was created");"#,
        ],
    ),
    (
        "increment_adds",
        "Increments add up.",
        &[
            r#"assert_eq!(kv.increment("n", 2).await?, 2);"#,
            r#"assert_eq!(kv.increment("n", 3).await?, 5);"#,
            r#"assert_eq!(kv.increment("n", 4).await?, 9);"#,
        ],
    ),
    (
        "increment_by_a_negative",
        "A counter can go down, and below zero.",
        &[
            r#"assert_eq!(kv.increment("n", 1).await?, 1);"#,
            r#"assert_eq!(kv.increment("n", -3).await?, -2);"#,
            r#"assert_eq!(kv.get("n").await?.as_deref(), Some(&b"-2"[..]));"#,
        ],
    ),
    (
        "increment_by_zero_creates",
        "An increment by zero creates the counter, and changes nothing after.",
        &[
            r#"assert_eq!(kv.increment("n", 0).await?, 0);"#,
            r#"assert!(kv.exists("n").await?, "the counter was created");"#,
            r#"kv.increment("n", 7).await?;"#,
            r#"assert_eq!(kv.increment("n", 0).await?, 7);"#,
        ],
    ),
    (
        "increment_reads_what_was_set",
        "A number that was set as text can be counted on.",
        &[
            r#"kv.set("n", b"41").await?;"#,
            r#"assert_eq!(kv.increment("n", 1).await?, 42);"#,
            r#"kv.set("n", b"-1").await?;"#,
            r#"assert_eq!(kv.increment("n", 1).await?, 0);"#,
        ],
    ),
    (
        "increment_is_readable",
        "A counter reads as decimal text.",
        &[
            r#"kv.increment("n", 12).await?;"#,
            r#"assert_eq!(kv.get("n").await?.as_deref(), Some(&b"12"[..]));"#,
            r#"kv.increment("n", 88).await?;"#,
            r#"assert_eq!(kv.get("n").await?.as_deref(), Some(&b"100"[..]));"#,
        ],
    ),
    (
        "increment_of_text_fails",
        "What is no number cannot be counted on.",
        &[
            r#"kv.set("text", b"text").await?;"#,
            r#"assert_eq!(kv.increment("text", 1).await, Err(KvError::NotANumber));"#,
            r#"kv.set("empty", b"").await?;"#,
            r#"assert_eq!(kv.increment("empty", 1).await, Err(KvError::NotANumber));"#,
        ],
    ),
    (
        "a_failed_increment_keeps_the_value",
        "A failed increment leaves the value as it was.",
        &[
            r#"kv.set("k", b"text").await?;"#,
            r#"assert_eq!(kv.increment("k", 1).await, Err(KvError::NotANumber));"#,
            r#"assert_eq!(kv.get("k").await?.as_deref(), Some(&b"text"[..]));"#,
            r#"assert_eq!(kv.len().await?, 1);"#,
        ],
    ),
    (
        "increment_overflow_fails",
        "A counter does not wrap around, at neither end.",
        &[
            r#"kv.increment("most", i64::MAX).await?;"#,
            r#"assert_eq!(kv.increment("most", 1).await, Err(KvError::Overflow));"#,
            r#"kv.increment("least", i64::MIN).await?;"#,
            r#"assert_eq!(kv.increment("least", -1).await, Err(KvError::Overflow));"#,
        ],
    ),
    (
        "an_overflow_keeps_the_value",
        "An overflow leaves the counter as it was.",
        &[
            r#"kv.increment("n", i64::MAX).await?;"#,
            r#"assert_eq!(kv.increment("n", 1).await, Err(KvError::Overflow));"#,
            r#"assert_eq!(kv.increment("n", 0).await?, i64::MAX);"#,
            r#"assert_eq!(kv.increment("n", -1).await?, i64::MAX - 1);"#,
        ],
    ),
    (
        "increment_after_delete",
        "A deleted counter starts at zero again.",
        &[
            r#"kv.increment("n", 5).await?;"#,
            r#"assert!(kv.delete("n").await?, "the counter was there");"#,
            r#"assert_eq!(kv.increment("n", 1).await?, 1);"#,
        ],
    ),
    (
        "counters_are_independent",
        "Counters of different keys do not meet.",
        &[
            r#"assert_eq!(kv.increment("a", 5).await?, 5);"#,
            r#"assert_eq!(kv.increment("b", 1).await?, 1);"#,
            r#"assert_eq!(kv.increment("a", 1).await?, 6);"#,
            r#"assert_eq!(kv.increment("b", 1).await?, 2);"#,
        ],
    ),
    (
        "len_of_an_empty_store",
        "A new store holds nothing, and nothing after its last key has gone.",
        &[
            r#"assert_eq!(kv.len().await?, 0);"#,
            r#"kv.set("k", b"v").await?;"#,
            r#"kv.delete("k").await?;"#,
            r#"assert_eq!(kv.len().await?, 0);"#,
        ],
    ),
    (
        "len_counts_keys",
        "The length is the number of keys.",
        &[
            r#"for (count, key) in ["a", "b", "c"].into_iter().enumerate() {"#,
            r#"    assert_eq!(kv.len().await?, count);"#,
            r#"    kv.set(key, b"v").await?;"#,
            r#"}"#,
            r#"assert_eq!(kv.len().await?, 3);"#,
        ],
    ),
    (
        "len_ignores_overwrites",
        "A key that is set twice counts once.",
        &[
            r#"kv.set("k", b"first").await?;"#,
            r#"assert_eq!(kv.len().await?, 1);"#,
            r#"kv.set("k", b"second").await?;"#,
            r#"assert_eq!(kv.len().await?, 1);"#,
        ],
    ),
    (
        "len_shrinks_on_delete",
        "A deleted key no longer counts.",
        &[
            r#"kv.set("a", b"v").await?;"#,
            r#"kv.set("b", b"v").await?;"#,
            r#"assert_eq!(kv.len().await?, 2);"#,
            r#"kv.delete("a").await?;"#,
            r#"assert_eq!(kv.len().await?, 1);"#,
        ],
    ),
    (
        "get_of_the_empty_key_fails",
        "The empty key cannot be read, even when there are others.",
        &[
            r#"assert_eq!(kv.get("").await, Err(KvError::EmptyKey));"#,
            r#"kv.set("k", b"v").await?;"#,
            r#"assert_eq!(kv.get("").await, Err(KvError::EmptyKey));"#,
        ],
    ),
    (
        "set_of_the_empty_key_fails",
        "The empty key cannot be set, and the store stays as it was.",
        &[
            r#"assert_eq!(kv.set("", b"v").await, Err(KvError::EmptyKey));"#,
            r#"assert_eq!(kv.len().await?, 0);"#,
            r#"assert_eq!(kv.increment("", 1).await, Err(KvError::EmptyKey));"#,
            r#"assert_eq!(kv.len().await?, 0);"#,
        ],
    ),
];
