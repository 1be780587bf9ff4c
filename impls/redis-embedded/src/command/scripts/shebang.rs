//! The first line of a script that says what it may do: `#!lua flags=no-writes`.

use crate::command::Error;

const FLAGS: [&[u8]; 5] = [
    b"no-writes",
    b"allow-oom",
    b"allow-stale",
    b"no-cluster",
    b"allow-cross-slot-keys",
];

fn error(text: &str, what: &[u8]) -> Error {
    [text.as_bytes(), what].concat().into()
}

/// Whether a script only reads, and its code; the first line stays, so that lines keep their
/// numbers.
pub(super) fn read(source: &[u8]) -> Result<(bool, Vec<u8>), Error> {
    if !source.starts_with(b"#!") {
        return Ok((false, source.to_vec()));
    }
    let end = source.iter().position(|byte| *byte == b'\n');
    let end = end.ok_or(Error::new("ERR Invalid script shebang"))?;
    let mut words = source[..end]
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty());
    let engine = words.next().unwrap_or_default();
    if engine != b"#!lua" {
        return Err(error("ERR Unexpected engine in script shebang: ", engine));
    }
    let mut only_reads = false;
    for word in words {
        let Some(flags) = word.strip_prefix(b"flags=") else {
            return Err(error("ERR Unknown lua shebang option: ", word));
        };
        for flag in flags
            .split(|byte| *byte == b',')
            .filter(|flag| !flag.is_empty())
        {
            if !FLAGS.contains(&flag) {
                return Err(error("ERR Unexpected flag in script shebang: ", flag));
            }
            only_reads |= flag == b"no-writes";
        }
    }
    Ok((only_reads, source[end..].to_vec()))
}
