//! What is known of each kind of server: how it is started, and how one sees that it lives.

/// A kind of server.
#[derive(Debug)]
pub struct Server {
    /// Its name, of lowercase letters.
    pub name: &'static str,
    /// The image that it comes from where none is named, as [`Image::parse`](crate::Image::parse) reads it.
    pub image: &'static str,
    pub(crate) port: u16,
    pub(crate) command: &'static [&'static str],
    pub(crate) hello: &'static [u8],
    pub(crate) answer: &'static [u8],
}

impl Server {
    /// Redis, and Valkey, whose images have its command too; empty, without persistence or password.
    pub const REDIS: Self = Self {
        name: "redis",
        image: "redis:8.2",
        port: 6379,
        // It protects itself from all but loopback, and in a container nobody comes from there.
        command: &[
            "redis-server",
            "--save",
            "",
            "--appendonly",
            "no",
            "--protected-mode",
            "no",
        ],
        hello: b"PING\r\n",
        answer: b"+PONG",
    };

    /// memcached, with room for values of a mebibyte.
    pub const MEMCACHED: Self = Self {
        name: "memcached",
        image: "memcached:1.6",
        port: 11211,
        // As root it does not start without being told so, and as another user it does not mind.
        command: &["memcached", "-u", "root", "-U", "0", "-I", "2m"],
        hello: b"version\r\n",
        answer: b"VERSION",
    };
}
