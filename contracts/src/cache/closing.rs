//! Whether a handle was closed: the part of every backend that answers for it afterwards.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{CacheError, CacheErrorKind};

/// Says whether a handle is open. Clones of a handle share one.
#[derive(Debug, Default)]
pub struct Closing {
    closed: AtomicBool,
}

impl Closing {
    /// Accepts a call on a handle that is open.
    ///
    /// # Errors
    /// [`Closed`](CacheErrorKind::Closed) once it was closed.
    pub fn check(&self) -> Result<(), CacheError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(CacheError::new(
                CacheErrorKind::Closed,
                "this handle was closed",
            ));
        }
        Ok(())
    }

    /// Closes, and says whether this was the first time.
    pub fn close(&self) -> bool {
        !self.closed.swap(true, Ordering::AcqRel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_close_ends_it_for_good() {
        let closing = Closing::default();
        assert!(closing.check().is_ok());
        assert!(closing.close());
        assert!(!closing.close());
        assert_eq!(closing.check().unwrap_err().kind(), CacheErrorKind::Closed);
    }
}
