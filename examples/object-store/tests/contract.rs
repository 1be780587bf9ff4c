//! Three implementations of the crate `object_store` under one contract.

use std::sync::Arc;

use contrait::{Context, SetupError, backend};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::prefix::PrefixStore;
use object_store_contract::suite_of_store::suite;
use tempfile::TempDir;

#[backend(suite)]
fn in_memory(context: &Context) -> Arc<InMemory> {
    context.shared(InMemory::new)
}

#[backend(
    suite,
    lacks(
        update = "a file system keeps no versions",
        idempotent_delete = "it reports what the file system says of a missing file",
    )
)]
fn local_file_system(context: &Context) -> Result<LocalFileSystem, SetupError> {
    // The directory lives as long as the case.
    let directory = context.shared(TempDir::new);
    let path = directory
        .as_ref()
        .as_ref()
        .map(TempDir::path)
        .map_err(ToString::to_string)?;
    Ok(LocalFileSystem::new_with_prefix(path)?)
}

#[backend(suite)]
fn prefix_in_memory(context: &Context) -> PrefixStore<Arc<InMemory>> {
    PrefixStore::new(context.shared(InMemory::new), context.namespace())
}
