//! A type that is said to be an argument, and is none.

use contrait::contract;

#[derive(Clone, Debug)]
struct Job;

#[contract(arguments(Job))]
trait Jobs {
    fn run(&self, job: &Job) -> bool;
}

fn main() {}
