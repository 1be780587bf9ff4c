// A `Self` where no wrapper can put itself around it.

use contrait::contract;

#[contract]
trait Store: Sized {
    fn split(self) -> Vec<Self>;
}

fn main() {}
