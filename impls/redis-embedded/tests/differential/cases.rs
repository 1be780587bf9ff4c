//! Sequences that once differed, a request a line and an empty line between two of them.

use std::fs::OpenOptions;
use std::io::Write as _;

use super::wire::Request;

/// The sequences that are stored with the test.
pub(crate) fn all() -> Vec<Vec<Request>> {
    let text = include_str!("cases.txt");
    let cases = text.split("\n\n").map(|case| case.lines());
    let requests = |lines: std::str::Lines<'_>| {
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(read).collect::<Vec<_>>()
    };
    cases
        .map(requests)
        .filter(|case| !case.is_empty())
        .collect()
}

/// Adds a sequence to a file.
pub(crate) fn store(path: &str, sequence: &[Request]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    for request in sequence {
        writeln!(file, "{}", write(request))?;
    }
    writeln!(file)
}

/// Arguments between spaces, with spaces and bytes that do not print as hexadecimal digits.
fn write(request: &Request) -> String {
    let word = |arg: &Vec<u8>| {
        let letters = arg.iter().map(|byte| match byte {
            b'!'..=b'~' if *byte != b'\\' => char::from(*byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        });
        let text: String = letters.collect();
        if text.is_empty() { "\\e".into() } else { text }
    };
    request.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn read(line: &str) -> Request {
    line.split(' ')
        .map(|word| argument(word.as_bytes()))
        .collect()
}

fn argument(word: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = word;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'\\', [b'x', digits @ ..]) if digits.len() >= 2 => {
                let text = String::from_utf8_lossy(&digits[..2]).into_owned();
                bytes.push(u8::from_str_radix(&text, 16).unwrap_or_default());
                rest = &digits[2..];
            }
            (b'\\', [b'e']) => rest = &[],
            _ => bytes.push(*first),
        }
    }
    bytes
}
