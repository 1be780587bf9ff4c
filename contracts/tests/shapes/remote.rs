//! Traits of other crates, and implementations that nobody here wrote.

use std::collections::hash_map::DefaultHasher;
use std::io::{Cursor, SeekFrom};

use contrait::{backend, contract, contract_suite};

/// Reads bytes.
#[contract(remote = std::io::Read)]
pub trait Read {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize>;
    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> std::io::Result<usize>;
    fn read_exact(&mut self, buf: &mut [u8]) -> std::io::Result<()>;
}

/// Moves to another place.
#[contract(remote = std::io::Seek)]
pub trait Seek {
    fn seek(&mut self, pos: SeekFrom) -> std::io::Result<u64>;
}

/// Hashes.
#[contract(remote = std::hash::Hasher)]
pub trait Hasher {
    fn write(&mut self, bytes: &[u8]);
    fn finish(&self) -> u64;
}

/// Takes text.
#[contract(remote = std::fmt::Write)]
pub(crate) trait Write {
    fn write_str(&mut self, text: &str) -> std::fmt::Result;
    fn write_char(&mut self, letter: char) -> std::fmt::Result;
}

/// Goes on, and names what it gives.
#[contract(remote = std::iter::Iterator)]
pub(crate) trait Iterator {
    type Item;
    fn next(&mut self) -> Option<Self::Item>;
    fn size_hint(&self) -> (usize, Option<usize>);
}

/// Grows by something.
#[contract(remote = std::ops::AddAssign)]
pub(crate) trait AddAssign<Other> {
    fn add_assign(&mut self, other: Other);
}

/// What a reader owes.
#[contract_suite(Read)]
pub mod reader {
    use super::*;

    /// At its end there is nothing more.
    #[case]
    fn ends(reader: &mut dyn Read) {
        let mut all = Vec::new();
        reader.read_to_end(&mut all).expect("can be read");
        assert_eq!(all, b"abc");
        assert_eq!(reader.read(&mut [0]).expect("can be read"), 0);
    }

    /// What is not there cannot be read exactly.
    #[case]
    fn is_exact(reader: &mut dyn Read) {
        assert!(reader.read_exact(&mut [0; 4]).is_err());
    }
}

#[contract_suite(Seek)]
mod seeker {
    use super::*;

    /// The end is the length.
    #[case]
    fn has_an_end(seeker: &mut dyn Seek) -> std::io::Result<()> {
        assert_eq!(seeker.seek(SeekFrom::End(0))?, 3);
        Ok(())
    }
}

#[contract_suite(Hasher)]
mod hasher {
    use super::*;

    /// Equal input gives an equal hash, and other input another one.
    #[case]
    fn is_a_function(a: &mut dyn Hasher, b: &mut dyn Hasher) {
        a.write(b"k");
        b.write(b"k");
        assert_eq!(a.finish(), b.finish());
        b.write(b"k");
        assert_ne!(a.finish(), b.finish());
    }
}

#[contract_suite(Write)]
mod writer {
    use super::*;

    /// Letters are text.
    #[case]
    fn takes_text(writer: &mut dyn Write) -> std::fmt::Result {
        writer.write_char('a')?;
        write!(writer, "{}", 1)
    }
}

#[contract_suite(Iterator)]
mod iterator {
    use super::*;

    /// It gives no fewer than it says.
    #[case]
    fn keeps_its_hint(iterator: &mut impl Iterator) {
        let (least, _) = iterator.size_hint();
        for _ in 0..least {
            assert!(iterator.next().is_some());
        }
    }
}

#[contract_suite(AddAssign<u8>)]
mod sum {
    use super::*;

    /// Nothing can be added.
    #[case]
    fn grows(sum: &mut dyn AddAssign<u8>) {
        *sum += 0;
    }
}

#[backend(reader, seeker)]
fn cursor() -> Cursor<&'static [u8]> {
    Cursor::new(b"abc")
}

#[backend(reader)]
fn slice() -> &'static [u8] {
    b"abc"
}

#[backend(hasher)]
fn default_hasher() -> DefaultHasher {
    DefaultHasher::new()
}

#[backend(writer)]
fn string() -> String {
    String::new()
}

#[backend(iterator)]
fn range() -> std::ops::Range<u8> {
    0..3
}

#[backend(sum)]
fn number() -> u8 {
    255
}
