//! What stands behind a pointer, and out of the debug information of other crates.
//!
//! The compiler describes a type down to its last field in every codegen unit that meets it, and every backend of a
//! suite meets a [`Context`](crate::Context). Of a trait object it describes nothing.

use std::ops::Deref;
use std::sync::Arc;

/// An `Arc` of something.
pub(crate) struct Hidden<T>(Arc<dyn Holds<T>>);

trait Holds<T>: Send + Sync {
    fn held(&self) -> &T;
}

impl<T: Send + Sync> Holds<T> for T {
    fn held(&self) -> &T {
        self
    }
}

impl<T: Send + Sync + 'static> Hidden<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Clone for Hidden<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Hidden<T> {
    type Target = T;

    fn deref(&self) -> &T {
        <dyn Holds<T>>::held(&*self.0)
    }
}
