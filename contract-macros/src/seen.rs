//! Contracts that were seen in this build to have no objects.
//!
//! A macro sees its own input alone, and a suite only the name of its contract. By what was seen of that name a suite is
//! read as it should have been written, so that one mistake is one error. Whether it is one is not decided here, but by the
//! macro that such a contract leaves beside it: a name may be that of another trait.

use std::cell::RefCell;
use std::collections::HashMap;

use proc_macro2::Ident;

thread_local! {
    static WITHOUT_OBJECTS: RefCell<HashMap<String, bool>> = RefCell::default();
}

/// Notes a contract. Where two have one name, both count.
pub(crate) fn note(contract: &Ident, without_objects: bool) {
    WITHOUT_OBJECTS.with_borrow_mut(|seen| {
        *seen.entry(contract.to_string()).or_insert(true) &= without_objects;
    });
}

/// Whether all that was seen of the name has no objects.
pub(crate) fn without_objects(contract: &Ident) -> bool {
    all_are_without(contract) == Some(true)
}

/// Whether something of the name may have objects. The macro that is found is then perhaps that of another trait.
pub(crate) fn with_objects(contract: &Ident) -> bool {
    all_are_without(contract) == Some(false)
}

fn all_are_without(contract: &Ident) -> Option<bool> {
    WITHOUT_OBJECTS.with_borrow(|seen| seen.get(&contract.to_string()).copied())
}

#[cfg(test)]
mod tests {
    use super::{note, with_objects, without_objects};

    #[test]
    fn one_contract_with_objects_speaks_for_its_name() {
        let name: proc_macro2::Ident = syn::parse_quote!(Store);
        assert!(
            !with_objects(&name) && !without_objects(&name),
            "nothing is known"
        );
        note(&name, true);
        assert!(without_objects(&name));
        note(&name, false);
        note(&name, true);
        assert!(with_objects(&name) && !without_objects(&name));
    }
}
