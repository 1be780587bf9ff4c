//! A trait of another crate, with implementations of that crate, under contract.
//!
//! Neither knows of contrait: the local copy of the signatures is all it takes. The copy's name becomes an alias of the
//! trait, so that the cases use it as everybody does, extension methods included.

use std::ops::Range;

use bytes::Bytes;
use contrait::contract;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};

pub mod suite_of_store;

/// The trait of the crate `object_store`.
#[contract(remote = object_store::ObjectStore)]
#[async_trait::async_trait]
pub trait ObjectStore: std::fmt::Display + Send + Sync + std::fmt::Debug + 'static {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult>;
    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>>;
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult>;
    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>>;
    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>>;
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>>;
    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>>;
    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult>;
    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()>;
    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()>;
}
