//! Which image a container is made of.

use std::fmt::{self, Display, Formatter};

/// An image by name and tag, such as `valkey/valkey:9.1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Image {
    pub(crate) name: String,
    pub(crate) tag: String,
}

impl Image {
    /// Reads `name:tag`, where the name may begin with a registry and its port; without a tag it is `latest`.
    ///
    /// `None` for what is neither: the empty text, an empty part, or an image by its digest.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, tag) = match text.rsplit_once(':') {
            // A colon before a slash is that of a registry's port.
            Some((name, tag)) if !tag.contains('/') => (name, tag),
            _ => (text, "latest"),
        };
        let usable = |part: &str| !part.is_empty() && !part.contains(['@', ' ']);
        (usable(name) && usable(tag)).then(|| Self {
            name: name.to_owned(),
            tag: tag.to_owned(),
        })
    }
}

impl Display for Image {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::Image;

    #[test]
    fn name_and_tag_are_read() {
        let read = |text| Image::parse(text).map(|image| (image.name, image.tag));
        let pair = |name: &str, tag: &str| Some((name.to_owned(), tag.to_owned()));
        assert_eq!(read("redis:8.2"), pair("redis", "8.2"));
        assert_eq!(read("valkey/valkey"), pair("valkey/valkey", "latest"));
        assert_eq!(read("host:5000/redis"), pair("host:5000/redis", "latest"));
        assert_eq!(read("host:5000/redis:7"), pair("host:5000/redis", "7"));
        for other in ["", ":7", "redis:", "redis@sha256:0af", "a redis:7"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn it_is_shown_as_it_is_read() {
        assert_eq!(Image::parse("redis:8.2").unwrap().to_string(), "redis:8.2");
    }
}
