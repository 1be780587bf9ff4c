// A subject behind a pointer that a wrapper cannot open.

use contrait::contract;

use std::rc::Rc;

#[contract]
trait Store {
    fn get(self: Rc<Self>) -> u8;
}

fn main() {}
