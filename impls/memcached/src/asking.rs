//! Requests about the present generation of a namespace, and what their replies come to.
//!
//! What a command says is its method's business. Here it is sent for the generation that was seen last, and once more
//! where that was not the present one.

use std::vec;

use contrait::cache::CacheError;

use crate::cache::MemcachedCache;
use crate::generation::{self, Generation, Present};
use crate::reply::{Reply, Status};
use crate::request::{Key, Request};

/// The replies to a request, and the generation that it was about.
pub(crate) struct Answer {
    pub(crate) present: Present,
    pub(crate) replies: vec::IntoIter<Reply>,
}

impl MemcachedCache {
    /// Sends what `build` adds for the generation of a number, until that is the present one. Its replies are the answer.
    pub(crate) async fn ask(
        &self,
        build: impl Fn(&mut Request, u64) + Send + Sync,
    ) -> Result<Answer, CacheError> {
        loop {
            let (known, mut request) = (self.generation.known(), Request::default());
            self.generation.look_up(&mut request);
            if let Some(number) = known {
                build(&mut request, number);
            }
            let mut replies = self.link.ask(request).await?.into_iter();
            let first = self.judge(replies.next())?;
            match Generation::read(&first) {
                Some(present) if Some(present.number) == known => {
                    return Ok(Answer { present, replies });
                }
                Some(present) => self.generation.learn(present.number),
                None => self.begin_first().await?,
            }
        }
    }

    async fn begin_first(&self) -> Result<(), CacheError> {
        let mut request = Request::default();
        self.generation.begin_first(&mut request);
        let mut replies = self.link.ask(request).await?.into_iter();
        self.judge(replies.next()).map(drop)
    }

    /// A reply, unless it is an error.
    pub(crate) fn judge(&self, reply: Option<Reply>) -> Result<Reply, CacheError> {
        let reply = reply.ok_or_else(|| self.link.server.surprises())?;
        match &reply.status {
            Status::Refused(text) => Err(self.link.server.says(text)),
            _ => Ok(reply),
        }
    }

    /// Sends one command on one key.
    pub(crate) async fn ask_key(
        &self,
        key: &str,
        build: impl Fn(&mut Request, &Key) + Send + Sync,
    ) -> Result<Reply, CacheError> {
        let command = |request: &mut Request, number| {
            build(request, &generation::entry(number, key));
        };
        let mut answer = self.ask(command).await?;
        self.judge(answer.replies.next())
    }

    /// Sends one command, and says whether it found what it is about, or did what it is for.
    pub(crate) async fn done(
        &self,
        key: &str,
        build: impl Fn(&mut Request, &Key) + Send + Sync,
    ) -> Result<bool, CacheError> {
        let reply = self.ask_key(key, build).await?;
        Ok(reply.status == Status::Done)
    }

    /// Sends one command for each of `keys`, and collects what `read` makes of the replies.
    ///
    /// # Errors
    /// The first one, with the keys of all that failed.
    pub(crate) async fn ask_many<T>(
        &self,
        keys: impl Iterator<Item = &String> + Clone,
        build: impl Fn(&mut Request, u64) + Send + Sync,
        read: impl Fn(Reply) -> Result<T, CacheError>,
    ) -> Result<Vec<T>, CacheError> {
        let answer = self.ask(build).await;
        let mut answer = answer.map_err(|error| error.with_keys(keys.clone()))?;
        let (mut all, mut failed, mut first) = (Vec::new(), Vec::new(), None);
        for key in keys {
            match self.judge(answer.replies.next()).and_then(&read) {
                Ok(value) => all.push(value),
                Err(error) => {
                    first.get_or_insert(error);
                    failed.push(key);
                }
            }
        }
        match first {
            None => Ok(all),
            Some(error) => Err(error.with_keys(failed)),
        }
    }
}
