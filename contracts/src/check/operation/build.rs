//! Where the arguments of a call come from: a generator, a file.

use super::codec::Codec;
use super::method::Parameter;

/// What gives a call its arguments.
pub trait Build {
    /// Why there may be none.
    type Error;

    /// The argument for `parameter`.
    ///
    /// # Errors
    /// Where there is none, or one of another type.
    fn argument<T: Clone + 'static>(
        &mut self,
        parameter: &'static Parameter,
        codec: impl Codec<T>,
    ) -> Result<T, Self::Error>;
}
