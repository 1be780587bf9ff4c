//! The arguments that the standard library and `bytes` have: their edges, and what is simpler.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;

use super::argument::Argument;
use crate::check::generate::Draw;

impl Argument for () {
    fn generate(_: &mut Draw<'_>) -> Self {}
}

impl Argument for bool {
    fn generate(draw: &mut Draw<'_>) -> Self {
        draw.below(2) == 1
    }

    fn simpler(&self) -> Vec<Self> {
        if *self { vec![false] } else { Vec::new() }
    }
}

macro_rules! integers {
    ($($ty:ident),*) => {$(
        impl Argument for $ty {
            fn generate(draw: &mut Draw<'_>) -> Self {
                match draw.below(8) {
                    0 => *draw.of(&[<$ty>::MIN, <$ty>::MAX]),
                    1 | 2 => *draw.of(&[0, 1]),
                    3 => (0 as $ty).wrapping_sub(1),
                    4 => draw.bits() as $ty,
                    _ => draw.below(10) as $ty,
                }
            }

            fn simpler(&self) -> Vec<Self> {
                let mut simpler = vec![0, 1, *self / 2];
                simpler.dedup();
                // Closer to zero, or each would be simpler than the other.
                simpler.retain(|value| value.abs_diff(0) < self.abs_diff(0));
                simpler
            }

            fn source(&self) -> String {
                match *self {
                    <$ty>::MAX => concat!(stringify!($ty), "::MAX").to_owned(),
                    <$ty>::MIN if <$ty>::MIN != 0 => concat!(stringify!($ty), "::MIN").to_owned(),
                    value => value.to_string(),
                }
            }

            fn generate_many(draw: &mut Draw<'_>) -> Vec<Self> {
                many_numbers(draw)
            }

            fn source_many(many: &[Self]) -> String {
                let items: Vec<String> = many.iter().map(Argument::source).collect();
                format!("[{}]", items.join(", "))
            }
        }
    )*};
}

integers!(u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

fn many_numbers<T: Argument>(draw: &mut Draw<'_>) -> Vec<T> {
    let count = draw.below(5);
    (0..count).map(|_| draw.element()).collect()
}

impl Argument for u8 {
    fn generate(draw: &mut Draw<'_>) -> Self {
        *draw.of(&[0, 1, 7, b'a', u8::MAX])
    }

    fn simpler(&self) -> Vec<Self> {
        let mut simpler = vec![0, 1, *self / 2];
        simpler.dedup();
        simpler.retain(|value| value < self);
        simpler
    }

    fn generate_many(draw: &mut Draw<'_>) -> Vec<Self> {
        match draw.below(10) {
            0 => Vec::new(),
            1 => b"\0".to_vec(),
            2 => b"\xff\xfe not UTF-8".to_vec(),
            3 => vec![b'x'; 64 + draw.below(2)],
            // What counters are made of, and what only looks like it.
            4 | 5 => draw
                .of(&["0", "41", "-1", "007", "1.5"])
                .as_bytes()
                .to_vec(),
            6 => draw.of(&[i64::MAX, i64::MIN]).to_string().into_bytes(),
            _ => (0..=draw.below(4))
                .map(|_| b'a' + draw.below(26) as u8)
                .collect(),
        }
    }

    fn simpler_many(many: &[Self]) -> Vec<Vec<Self>> {
        let mut simpler = vec![Vec::new(), b"a".to_vec(), b"1".to_vec()];
        simpler.push(many[..many.len() / 2].to_vec());
        simpler.retain(|candidate| candidate.len() < many.len());
        simpler
    }

    fn source_many(many: &[Self]) -> String {
        format!("b\"{}\".to_vec()", many.escape_ascii())
    }

    fn borrowed_source_many(many: &[Self]) -> String {
        format!("b\"{}\"", many.escape_ascii())
    }
}

macro_rules! floats {
    ($($ty:ident),*) => {$(
        impl Argument for $ty {
            // No NaN: it is no equal of itself, and JSON has neither it nor infinities.
            fn generate(draw: &mut Draw<'_>) -> Self {
                match draw.below(3) {
                    0 => *draw.of(&[0.0, -0.0, 1.0, -1.0, 0.1, <$ty>::MAX, <$ty>::MIN, <$ty>::MIN_POSITIVE]),
                    _ => draw.below(1000) as $ty / 8.0,
                }
            }

            fn simpler(&self) -> Vec<Self> {
                let mut simpler = vec![0.0, 1.0, self.trunc()];
                simpler.retain(|value| value.abs() < self.abs());
                simpler
            }
        }
    )*};
}

floats!(f32, f64);

impl Argument for char {
    fn generate(draw: &mut Draw<'_>) -> Self {
        *draw.of(&['a', 'b', 'A', '0', ' ', '\0', '\n', 'ä', '\u{301}', '🦀'])
    }

    fn simpler(&self) -> Vec<Self> {
        if *self == 'a' { Vec::new() } else { vec!['a'] }
    }
}

fn letter(draw: &mut Draw<'_>) -> char {
    char::from(b'a' + draw.below(26) as u8)
}

impl Argument for String {
    fn generate(draw: &mut Draw<'_>) -> Self {
        match draw.below(12) {
            0 => String::new(),
            1 => "a b".to_owned(),
            2 => "a\0b\r\n".to_owned(),
            // Composed and decomposed: nothing is normalised.
            3 => (*draw.of(&["\u{e9}", "e\u{301}"])).to_owned(),
            4 => (*draw.of(&["A", "a", "a:", "a*"])).to_owned(),
            5 => "k".repeat(64 + draw.below(2)),
            // Many different ones, where a sequence asks for many.
            6 | 7 => format!("{}{}", letter(draw), draw.below(10)),
            _ => letter(draw).to_string(),
        }
    }

    fn simpler(&self) -> Vec<Self> {
        const SIMPLEST: [&str; 3] = ["a", "b", "c"];
        if SIMPLEST.contains(&self.as_str()) {
            return Vec::new();
        }
        SIMPLEST.map(str::to_owned).into()
    }

    fn source(&self) -> String {
        format!("{self:?}.to_owned()")
    }

    fn borrowed_source(&self) -> String {
        format!("{self:?}")
    }

    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl Argument for Duration {
    fn generate(draw: &mut Draw<'_>) -> Self {
        draw.duration()
    }

    fn simpler(&self) -> Vec<Self> {
        let mut simpler = vec![
            Self::ZERO,
            Self::from_millis(10),
            Self::from_secs(1),
            Self::from_secs(3600),
        ];
        simpler.retain(|value| value < self);
        simpler
    }

    fn source(&self) -> String {
        match (self.as_secs(), self.subsec_nanos()) {
            _ if *self == Self::MAX => "Duration::MAX".to_owned(),
            (0, 0) => "Duration::ZERO".to_owned(),
            (secs, 0) => format!("Duration::from_secs({secs})"),
            (secs @ 0..1000, nanos) if nanos % 1_000_000 == 0 => {
                format!(
                    "Duration::from_millis({})",
                    secs * 1000 + u64::from(nanos / 1_000_000)
                )
            }
            (secs, nanos) => format!("Duration::new({secs}, {nanos})"),
        }
    }
}

impl<T: Argument> Argument for Option<T> {
    fn generate(draw: &mut Draw<'_>) -> Self {
        (draw.below(3) > 0).then(|| draw.element())
    }

    fn simpler(&self) -> Vec<Self> {
        let Some(value) = self else { return Vec::new() };
        let within = value.simpler().into_iter().map(Some);
        std::iter::once(None).chain(within).collect()
    }

    fn source(&self) -> String {
        match self {
            None => "None".to_owned(),
            Some(value) => format!("Some({})", value.source()),
        }
    }
}

impl<T: Argument> Argument for Vec<T> {
    fn generate(draw: &mut Draw<'_>) -> Self {
        T::generate_many(draw)
    }

    fn simpler(&self) -> Vec<Self> {
        T::simpler_many(self)
    }

    fn source(&self) -> String {
        let source = T::source_many(self);
        if source.starts_with('[') {
            format!("vec!{source}")
        } else {
            source
        }
    }

    fn borrowed_source(&self) -> String {
        T::borrowed_source_many(self)
    }
}

impl Argument for Bytes {
    fn generate(draw: &mut Draw<'_>) -> Self {
        u8::generate_many(draw).into()
    }

    fn simpler(&self) -> Vec<Self> {
        u8::simpler_many(self).into_iter().map(Self::from).collect()
    }

    fn source(&self) -> String {
        format!("Bytes::from_static({})", u8::borrowed_source_many(self))
    }
}

impl<T: Argument> Argument for Box<T> {
    fn generate(draw: &mut Draw<'_>) -> Self {
        Self::new(T::generate(draw))
    }

    fn simpler(&self) -> Vec<Self> {
        (**self).simpler().into_iter().map(Self::new).collect()
    }

    fn source(&self) -> String {
        format!("Box::new({})", (**self).source())
    }
}

impl<K: Argument + Ord, V: Argument> Argument for BTreeMap<K, V> {
    fn generate(draw: &mut Draw<'_>) -> Self {
        let count = draw.below(4);
        (0..count)
            .map(|_| (draw.element(), draw.element()))
            .collect()
    }

    fn simpler(&self) -> Vec<Self> {
        let without = |key: &K| {
            let mut fewer = self.clone();
            fewer.remove(key);
            fewer
        };
        self.keys().map(without).collect()
    }

    fn source(&self) -> String {
        let pair = |(key, value): (&K, &V)| format!("({}, {})", key.source(), value.source());
        format!(
            "BTreeMap::from([{}])",
            self.iter().map(pair).collect::<Vec<_>>().join(", ")
        )
    }
}

impl<T: Argument + Ord> Argument for BTreeSet<T> {
    fn generate(draw: &mut Draw<'_>) -> Self {
        let count = draw.below(4);
        (0..count).map(|_| draw.element()).collect()
    }

    fn simpler(&self) -> Vec<Self> {
        let without = |item: &T| {
            let mut fewer = self.clone();
            fewer.remove(item);
            fewer
        };
        self.iter().map(without).collect()
    }

    fn source(&self) -> String {
        let items: Vec<String> = self.iter().map(T::source).collect();
        format!("BTreeSet::from([{}])", items.join(", "))
    }
}

macro_rules! tuples {
    ($(($($ty:ident $index:tt),+))*) => {$(
        impl<$($ty: Argument),+> Argument for ($($ty,)+) {
            fn generate(draw: &mut Draw<'_>) -> Self {
                ($(draw.element::<$ty>(),)+)
            }

            fn simpler(&self) -> Vec<Self> {
                let mut simpler = Vec::new();
                $(
                    for value in self.$index.simpler() {
                        let mut changed = self.clone();
                        changed.$index = value;
                        simpler.push(changed);
                    }
                )+
                simpler
            }

            fn source(&self) -> String {
                let items = [$(self.$index.source()),+];
                format!("({},)", items.join(", "))
            }
        }
    )*};
}

tuples! { (A 0) (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3) }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_rust() {
        assert_eq!("k\n".to_owned().borrowed_source(), r#""k\n""#);
        assert_eq!(b"v\0".to_vec().borrowed_source(), r#"b"v\x00""#);
        assert_eq!(
            Some(Duration::from_millis(1500)).source(),
            "Some(Duration::from_millis(1500))"
        );
        assert_eq!(
            vec!["a".to_owned()].borrowed_source(),
            r#"&["a".to_owned()]"#
        );
        assert_eq!(i64::MIN.source(), "i64::MIN");
        assert_eq!((1_u32, true).source(), "(1, true,)");
    }

    /// Shrinking ends: no value is among those that are simpler than it.
    #[test]
    fn simpler_values_lead_to_an_end() {
        fn deepest<T: Argument>(value: &T, depth: usize) -> usize {
            assert!(depth < 200, "no end in sight at {value:?}");
            value
                .simpler()
                .first()
                .map_or(depth, |next| deepest(next, depth + 1))
        }
        deepest(&i64::MIN, 0);
        deepest(&u64::MAX, 0);
        deepest(&"some text".to_owned(), 0);
        deepest(&Some(vec![Duration::MAX, Duration::from_nanos(3)]), 0);
        deepest(&b"\xff\xfe not UTF-8".to_vec(), 0);
        deepest(&f64::MAX, 0);
    }
}
