//! What goes over the wire, told by a server that does as the test says. What a real one does is in the suites.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use contrait::cache::{CacheErrorKind, CacheInterface, Swap, Version};
use contrait_memcached::MemcachedCache;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

type Outcome = Result<(), Box<dyn Error>>;

/// As many keys as a batch has here.
const MANY: usize = 100;

const SETTINGS: &str = "STAT item_size_max 2048\r\nEND\r\n";

/// A server whose connections read commands and hold their answers back until there are `together` of them.
struct Fake {
    url: String,
}

impl Fake {
    /// `answer` is asked with each command, and never about generations.
    async fn start(
        together: usize,
        answer: impl Fn(&str) -> String + Clone + Send + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("memcached://{}", listener.local_addr()?);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, together, answer.clone()));
            }
        });
        Ok(Self { url })
    }

    async fn cache(&self) -> Result<MemcachedCache, Box<dyn Error>> {
        Ok(MemcachedCache::connect(&self.url, "wire").await?)
    }
}

async fn serve(
    stream: TcpStream,
    together: usize,
    answer: impl Fn(&str) -> String,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut held, mut count) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        if let ["ms", _, length, ..] = words[..] {
            let length: usize = length.parse().expect("a length");
            stream.read_exact(&mut vec![0; length + 2]).await?;
        }
        // The namespace begins with `g` there, which a key never does.
        let of_generation = words.get(1).is_some_and(|key| key.starts_with("Zz"));
        held += &match (words[0], of_generation) {
            ("mg", true) => "VA 8 t1000\r\nabcdefgh\r\n".to_owned(),
            _ => answer(line.trim_end()),
        };
        count += 1;
        // The first ones come alone: the settings, and the look-up by which the generation is learnt.
        if count <= 2 || (count - 2) % together == 0 {
            stream.write_all(held.as_bytes()).await?;
            held.clear();
        }
    }
}

fn obliging(command: &str) -> String {
    match &command[..2] {
        "mg" => "EN\r\n",
        "ms" => "HD\r\n",
        "md" => "NF\r\n",
        _ => SETTINGS,
    }
    .to_owned()
}

fn keys() -> Vec<String> {
    (0..MANY).map(|n| format!("key {n}")).collect()
}

#[tokio::test]
async fn a_batch_takes_one_round_trip() -> Outcome {
    let keys = keys();
    let entries: Vec<_> = keys
        .iter()
        .map(|key| (key.clone(), Bytes::from_static(b"v")))
        .collect();
    // Nothing is answered before all of it has come: who waits in between waits in vain.
    let server = Fake::start(1 + MANY, obliging).await?;
    assert_eq!(
        server.cache().await?.get_many(&keys).await?,
        vec![None; MANY]
    );
    server.cache().await?.set_many(&entries, None).await?;
    assert_eq!(server.cache().await?.delete_many(&keys).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_batch_that_fails_in_part_names_its_keys() -> Outcome {
    let refusing = |command: &str| match command.contains(" 3 b") {
        true => "SERVER_ERROR out of memory storing object\r\n".to_owned(),
        false => obliging(command),
    };
    let server = Fake::start(1 + 3, refusing).await?;
    let entry = |key: &str, value| (key.to_owned(), Bytes::from_static(value));
    let entries = [entry("a", b"v"), entry("b", b"bad"), entry("c", b"v")];
    let error = server.cache().await?.set_many(&entries, None).await;
    let error = error.expect_err("one of them was refused");
    assert_eq!(error.kind(), CacheErrorKind::Unavailable);
    assert_eq!(error.keys().collect::<Vec<_>>(), ["b"]);
    Ok(())
}

#[tokio::test]
async fn a_version_from_before_a_restart_is_another_one() -> Outcome {
    // memcached counts writes anew from its start, so that the number alone could come again.
    let there = |command: &str| match &command[..2] {
        "mg" | "ms" => "HD\r\n".to_owned(),
        _ => SETTINGS.to_owned(),
    };
    for (generation, expected) in [(b"abcdefgh", Swap::Stored), (b"another1", Swap::Stale)] {
        let version = Version::new([&generation[..], &7_u64.to_be_bytes()].concat());
        let cache = Fake::start(2, there).await?.cache().await?;
        let swap = cache.compare_and_swap("k", &version, b"v", None).await?;
        assert_eq!(swap, expected);
    }
    Ok(())
}

/// A server that answers what is asked of a key with these, one after the other.
async fn telling(answers: &'static [&'static str]) -> std::io::Result<Fake> {
    let next = Arc::new(AtomicUsize::new(0));
    let answer = move |command: &str| match &command[..2] {
        "mg" | "ma" => answers[next.fetch_add(1, Ordering::Relaxed)].to_owned(),
        _ => SETTINGS.to_owned(),
    };
    Fake::start(2, answer).await
}

#[tokio::test]
async fn a_sum_is_what_was_counted_and_not_what_was_read() -> Outcome {
    // The version is that of 6 already, which memcached tells with the 5 before it.
    let server = telling(&["VA 1 f1 c8\r\n5\r\n", "VA 1\r\n7\r\n"]).await?;
    assert_eq!(server.cache().await?.increment("k", 1).await?, 7);
    Ok(())
}

#[tokio::test]
async fn a_number_has_the_version_that_it_is_told_with_twice() -> Outcome {
    let (old, new) = ("VA 1 f1 c8\r\n5\r\n", "VA 1 f1 c8\r\n6\r\n");
    let answers = Box::leak(Box::new([old, new, new]));
    let cache = telling(answers).await?.cache().await?;
    let versioned = cache.get_versioned("k").await?.ok_or("nothing is there")?;
    assert_eq!(versioned.value, "6");
    let text = "VA 1 f0 c8\r\nx\r\n";
    let cache = telling(Box::leak(Box::new([text]))).await?.cache().await?;
    let versioned = cache.get_versioned("k").await?.ok_or("nothing is there")?;
    assert_eq!(versioned.value, "x", "nobody counts in a text");
    Ok(())
}

#[tokio::test]
async fn the_largest_value_is_what_the_server_says_and_can_be_less() -> Outcome {
    let server = Fake::start(1, obliging).await?;
    let largest = server.cache().await?.limits().value_bytes;
    assert_eq!(largest, 2048 - 512);
    let builder = MemcachedCache::builder(&server.url).value_bytes(3);
    let cache = builder.connect().await?;
    let error = cache.set("k", b"four", None).await.expect_err("four bytes");
    assert_eq!(error.kind(), CacheErrorKind::ValueTooLarge);
    Ok(())
}

#[tokio::test]
async fn a_server_without_meta_commands_is_told_of() -> Outcome {
    let old = |command: &str| match command {
        "stats settings" => SETTINGS.to_owned(),
        _ => "ERROR\r\n".to_owned(),
    };
    let error = Fake::start(2, old).await?.cache().await?.get("k").await;
    assert_eq!(error.unwrap_err().kind(), CacheErrorKind::Unsupported);
    Ok(())
}

#[tokio::test]
async fn a_server_that_wants_a_password_denies() -> Outcome {
    let strict = |_: &str| "CLIENT_ERROR unauthenticated\r\n".to_owned();
    let server = Fake::start(1, strict).await?;
    let error = MemcachedCache::connect(&server.url, "").await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::Denied);
    Ok(())
}

#[tokio::test]
async fn a_name_that_is_too_long_and_a_url_that_is_none_are_refused() {
    let url = "memcached://127.0.0.1";
    let error = MemcachedCache::connect(url, &"n".repeat(129))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::InvalidKey);
    let error = MemcachedCache::connect("redis://h", "").await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::Other);
}
