//! Who stands in front of a backend's handles while a suite is judged, without suite or backend knowing.

use std::sync::Arc;

use super::context::Context;

/// Stands in front of handles.
pub trait Decorator<H> {
    /// Puts itself in front of a handle, which was made in `context`.
    fn decorate(&self, handle: H, context: &Context) -> H;
}

/// A decorator, or nobody.
pub(crate) type Decoration<H> = Option<Arc<dyn Decorator<H>>>;

/// The handle as it is to be used.
pub(crate) fn decorated<H>(decoration: &Decoration<H>, handle: H, context: &Context) -> H {
    match decoration {
        None => handle,
        Some(decorator) => decorator.decorate(handle, context),
    }
}
