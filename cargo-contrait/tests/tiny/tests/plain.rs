//! A test binary that is none of libtest's.

fn main() {
    assert!(std::env::var("TINY").as_deref() != Ok("panic"), "as `TINY` says");
}
