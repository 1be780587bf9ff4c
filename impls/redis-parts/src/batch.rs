//! Batches in parts: what a cluster has in several places cannot be asked for in one command.
//!
//! Redis takes a command on many keys only where all of them are in one slot, and answers CROSSSLOT otherwise. So a batch
//! becomes a command a slot, and all of them are sent before the first answer is waited for.

use std::collections::HashMap;
use std::hash::Hash;

use bytes::Bytes;
use contrait::cache::{CacheError, CacheErrorKind};

/// The positions of some of the keys of a batch.
pub type Part = Vec<usize>;

/// The parts of a batch of `keys`: one for each place that a key is at, in the order of the keys.
pub fn parts<P: Eq + Hash>(keys: &[String], place: impl Fn(&str) -> P) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut known = HashMap::new();
    for (position, key) in keys.iter().enumerate() {
        let part = *known.entry(place(key)).or_insert_with(|| {
            parts.push(Part::new());
            parts.len() - 1
        });
        parts[part].push(position);
    }
    parts
}

/// All of a batch of so many keys as one part, as one server can do it.
pub fn whole(keys: usize) -> Vec<Part> {
    vec![(0..keys).collect()]
}

/// The values of a batch of so many keys, each at the position of its key.
///
/// # Errors
/// The first of a part that failed, and an answer of another length than its part.
pub fn merge(
    keys: usize,
    answers: impl IntoIterator<Item = (Part, Result<Vec<Option<Bytes>>, CacheError>)>,
) -> Result<Vec<Option<Bytes>>, CacheError> {
    let mut values = vec![None; keys];
    for (part, answer) in answers {
        let answer = answer?;
        if answer.len() != part.len() {
            let message = "a batch was answered with fewer or more values than it has keys";
            return Err(CacheError::new(CacheErrorKind::Other, message));
        }
        for (position, value) in part.into_iter().zip(answer) {
            values[position] = value;
        }
    }
    Ok(values)
}

/// The sum of the answers to the parts of a batch of `keys`.
///
/// # Errors
/// The first of a part that failed, naming the keys of all that failed.
pub fn sum<K: AsRef<str>>(
    keys: &[K],
    answers: impl IntoIterator<Item = (Part, Result<u64, CacheError>)>,
) -> Result<u64, CacheError> {
    let (mut sum, mut failed, mut first) = (0, Vec::new(), None);
    for (part, answer) in answers {
        match answer {
            Ok(count) => sum += count,
            Err(error) => {
                first.get_or_insert(error);
                failed.extend(part.into_iter().map(|position| keys[position].as_ref()));
            }
        }
    }
    match first {
        None => Ok(sum),
        Some(error) => Err(error.with_keys(failed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn keys_at_one_place_are_one_part_in_their_order() {
        let first = |key: &str| key.chars().next();
        let found = parts(&keys(&["a1", "b1", "a2", "a1"]), first);
        assert_eq!(found, [vec![0, 2, 3], vec![1]]);
        assert_eq!(parts(&[], first), Vec::<Part>::new());
        assert_eq!(whole(3), [[0, 1, 2]]);
    }

    #[test]
    fn values_are_merged_to_their_positions() {
        let value = |text: &'static str| Some(Bytes::from_static(text.as_bytes()));
        let answers = [
            (vec![1, 2], Ok(vec![value("b"), None])),
            (vec![0], Ok(vec![value("a")])),
        ];
        let merged = merge(3, answers).unwrap();
        assert_eq!(merged, [value("a"), value("b"), None]);
        let error = merge(2, [(vec![0, 1], Ok(vec![None]))]).unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::Other);
    }

    #[test]
    fn failed_parts_are_named_and_no_others() {
        let failed = || Err(CacheError::new(CacheErrorKind::Timeout, "late"));
        let batch = keys(&["a", "b", "c", "d"]);
        assert_eq!(
            sum(&batch, [(vec![0, 1], Ok(2)), (vec![2], Ok(1))]).unwrap(),
            3
        );
        let answers = [
            (vec![0, 3], failed()),
            (vec![1], Ok(1)),
            (vec![2], failed()),
        ];
        let error = sum(&batch, answers).unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::Timeout);
        assert_eq!(error.keys().collect::<Vec<_>>(), ["a", "c", "d"]);
    }
}
