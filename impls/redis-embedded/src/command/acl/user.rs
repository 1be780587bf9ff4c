//! A user: how it authenticates, and its selectors.

use sha2::{Digest, Sha256};

use super::rules::{Problem, lower};
use super::selector::Selector;
use crate::profile::Profile;

/// What is said about payloads of RESTORE, which nothing here depends on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sanitize {
    #[default]
    Unsaid,
    Skip,
    Do,
}

/// A user.
#[derive(Debug, Clone, Default)]
pub(crate) struct User {
    pub(crate) enabled: bool,
    pub(crate) no_password: bool,
    /// SHA-256 of the passwords, in hexadecimal digits.
    pub(super) passwords: Vec<String>,
    pub(super) sanitize: Sanitize,
    pub(super) root: Selector,
    /// Those beside the root, of which one is enough to allow a command.
    pub(super) selectors: Vec<Selector>,
    profile: Profile,
}

pub(super) fn hash(password: &[u8]) -> String {
    let digest = Sha256::digest(password);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl User {
    /// A user as ACL SETUSER makes it: off, and without any permission.
    pub(super) fn new(profile: Profile) -> User {
        User {
            root: Selector::new(profile),
            // Redis 8.2 says of new users that their payloads are looked at.
            sanitize: match profile {
                Profile::Redis8_2 => Sanitize::Do,
                _ => Sanitize::Unsaid,
            },
            profile,
            ..User::default()
        }
    }

    /// The user that everybody is who does not say otherwise.
    pub(super) fn default_user(profile: Profile) -> User {
        User {
            enabled: true,
            root: Selector::everything(profile),
            ..User::new(profile)
        }
    }

    /// Whether nothing is forbidden to it.
    pub(super) fn may_everything(&self) -> bool {
        self.root.is_everything()
    }

    pub(super) fn all_selectors(&self) -> impl Iterator<Item = &Selector> {
        std::iter::once(&self.root).chain(&self.selectors)
    }

    pub(super) fn accepts(&self, password: &[u8]) -> bool {
        self.enabled && (self.no_password || self.passwords.contains(&hash(password)))
    }

    pub(super) fn set_only_password(&mut self, password: &[u8]) {
        self.no_password = password.is_empty();
        self.passwords.clear();
        if !password.is_empty() {
            self.passwords.push(hash(password));
        }
    }

    /// Adds a rule.
    pub(super) fn apply(&mut self, rule: &[u8]) -> Result<(), Problem> {
        match lower(rule).as_slice() {
            b"" => {}
            b"on" => self.enabled = true,
            b"off" => self.enabled = false,
            b"nopass" => {
                self.no_password = true;
                self.passwords.clear();
            }
            b"resetpass" => {
                self.no_password = false;
                self.passwords.clear();
            }
            b"sanitize-payload" => self.sanitize = Sanitize::Do,
            b"skip-sanitize-payload" => self.sanitize = Sanitize::Skip,
            b"clearselectors" => self.selectors.clear(),
            b"reset" => self.reset(),
            _ => return self.apply_other(rule),
        }
        Ok(())
    }

    fn apply_other(&mut self, rule: &[u8]) -> Result<(), Problem> {
        match rule {
            [b'>', password @ ..] => self.add_password(hash(password)),
            [b'#', digits @ ..] => self.add_password(checked(digits)?),
            [b'<', password @ ..] => return self.remove_password(&hash(password)),
            [b'!', digits @ ..] => return self.remove_password(&checked(digits)?),
            [b'(', inner @ .., b')'] => {
                let mut selector = Selector::new(self.profile);
                let rules = inner
                    .split(|byte| *byte == b' ')
                    .filter(|rule| !rule.is_empty());
                rules
                    .into_iter()
                    .try_for_each(|rule| selector.apply(rule))?;
                self.selectors.push(selector);
            }
            rule => return self.root.apply(rule),
        }
        Ok(())
    }

    /// Takes everything away; Redis then says that payloads are looked at.
    fn reset(&mut self) {
        *self = User::new(self.profile);
        if !self.profile.is_valkey() {
            self.sanitize = Sanitize::Do;
        }
    }

    fn add_password(&mut self, hash: String) {
        self.no_password = false;
        if !self.passwords.contains(&hash) {
            self.passwords.push(hash);
        }
    }

    fn remove_password(&mut self, hash: &str) -> Result<(), Problem> {
        let found = self.passwords.iter().position(|known| known == hash);
        self.passwords.remove(found.ok_or(Problem::NoSuchPassword)?);
        Ok(())
    }
}

/// The digits of a hash.
fn checked(digits: &[u8]) -> Result<String, Problem> {
    let right = digits.len() == 64
        && digits
            .iter()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    right
        .then(|| String::from_utf8_lossy(digits).into_owned())
        .ok_or(Problem::NoHash)
}
