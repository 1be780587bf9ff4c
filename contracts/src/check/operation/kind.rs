//! The kind of an error, which is what a caller acts on and what errors are compared by.
//!
//! It is what a method `kind()` of the error says, where there is one; else the name of the variant, as `Debug` writes
//! it. The expansion calls `error.kind()`: an inherent method comes before that of [`NoKind`].

use std::any::type_name;
use std::fmt::Debug;

/// The kind of an error that has no method of that name.
pub struct Unkinded<'e, T: ?Sized>(pub &'e T);

/// Gives every error a method `kind()`.
pub trait NoKind {
    /// That there is no other one.
    fn kind(&self) -> Unkinded<'_, Self> {
        Unkinded(self)
    }
}

impl<T: ?Sized> NoKind for T {}

/// A kind whose text is asked for: `(&&&KindText(&error.kind())).text()`.
pub struct KindText<'k, K: ?Sized>(pub &'k K);

/// The variant of an error without `kind()`.
pub trait KindVariant {
    /// The text of the kind.
    fn text(&self) -> String;
}

/// What `kind()` returned.
pub trait KindDebug {
    /// The text of the kind.
    fn text(&self) -> String;
}

/// An error that shows nothing.
pub trait KindOpaque {
    /// The text of the kind.
    fn text(&self) -> String;
}

impl<T: Debug + ?Sized> KindVariant for &&KindText<'_, Unkinded<'_, T>> {
    fn text(&self) -> String {
        variant(&format!("{:?}", self.0.0))
    }
}

impl<K: Debug + ?Sized> KindDebug for &KindText<'_, K> {
    fn text(&self) -> String {
        format!("{:?}", self.0)
    }
}

impl<K: ?Sized> KindOpaque for KindText<'_, K> {
    fn text(&self) -> String {
        type_name::<K>().to_owned()
    }
}

/// The name that a `Debug` text begins with. A text error begins with a quotation mark: all of those are of one kind.
pub(super) fn variant(text: &str) -> String {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    text[..end].to_owned()
}
