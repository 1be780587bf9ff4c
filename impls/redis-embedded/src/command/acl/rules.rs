//! Rules as ACL SETUSER takes them, and what may be wrong with them.

/// Why a rule is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    Unknown,
    Syntax,
    AfterAllKeys,
    AfterAllChannels,
    NoSuchPassword,
    NoHash,
    FirstOfSubcommand,
}

impl Problem {
    pub(super) fn text(self) -> &'static str {
        match self {
            Problem::Unknown => "Unknown command or category name in ACL",
            Problem::Syntax => "Syntax error",
            Problem::AfterAllKeys => {
                "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and \
                 does not have any effect. Try 'resetkeys' to start with an empty list of patterns"
            }
            Problem::AfterAllChannels => {
                "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and \
                 does not have any effect. Try 'resetchannels' to start with an empty list of \
                 channels"
            }
            Problem::NoSuchPassword => {
                "The password you are trying to remove from the user does not exist"
            }
            Problem::NoHash => {
                "The password hash must be exactly 64 characters and contain only lowercase \
                 hexadecimal characters"
            }
            Problem::FirstOfSubcommand => "Allowing first-arg of a subcommand is not supported",
        }
    }
}

pub(super) fn lower(text: &[u8]) -> Vec<u8> {
    text.to_ascii_lowercase()
}

/// Rules, of which those between parentheses are put together; an error is the start of one that is
/// not closed. Where `restarts`, a second opening parenthesis makes the first one forgotten.
pub(super) fn joined(words: &[&[u8]], restarts: bool) -> Result<Vec<Vec<u8>>, Vec<u8>> {
    let mut rules: Vec<Vec<u8>> = Vec::new();
    let mut open: Option<(Vec<u8>, Vec<u8>)> = None;
    for word in words {
        let closes = word.last() == Some(&b')');
        let opens = word.first() == Some(&b'(') && !closes;
        match &mut open {
            None if opens => open = Some((word.to_vec(), word.to_vec())),
            Some(started) if opens && restarts => *started = (word.to_vec(), word.to_vec()),
            None => rules.push(word.to_vec()),
            Some((_, all)) => {
                all.push(b' ');
                all.extend_from_slice(word);
                if closes {
                    rules.extend(open.take().map(|(_, all)| all));
                }
            }
        }
    }
    match open {
        Some((start, _)) => Err(start),
        None => Ok(rules),
    }
}
