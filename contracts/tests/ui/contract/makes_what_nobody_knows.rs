//! A type of answers that does not say what in it is made up.

use contrait::contract;

#[derive(Clone, Debug)]
struct Job {
    id: u64,
}

#[contract]
trait Jobs {
    #[makes]
    fn start(&self) -> Option<Job>;
}

fn main() {
    let _ = Job { id: 1 }.id;
}
