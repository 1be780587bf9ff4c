//! Servers in containers, for runs that nobody has named a server to and whose machine has none installed.
//!
//! `contrait-containers` makes them. What this adds is what the other sources have too: which container is the run's own,
//! that its processes wait for each other, and what is said where there is no engine.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use contrait_containers::{Container, ContainerError, Image, Server};

use crate::ServerError;
use crate::environment::{self, Environment};
use crate::local::{self, Base, Lock, Run};
use crate::probe::Address;

pub(crate) const REMEDY: &str = "start a Docker engine, or name its socket in DOCKER_HOST: the server then comes in a container";

/// Another process may be fetching the image.
const WAIT: Duration = Duration::from_secs(300);
const PAUSE: Duration = Duration::from_millis(5);

/// A run's container, and what it was made of.
pub(crate) struct Contained {
    pub(crate) image: Image,
    container: Container,
}

impl Contained {
    /// Joins the container that this run shares, or starts it from the image that `setting` names.
    ///
    /// # Errors
    ///
    /// Where no engine answers, `absent`, which tells of that as well.
    pub(crate) fn join_or_start(
        server: &Server,
        setting: &'static str,
        environment: &dyn Environment,
        absent: ServerError,
    ) -> Result<Self, ServerError> {
        let image = image(server, setting, environment)?;
        let linger = local::linger(environment)?;
        let name = name(server, &image, &Run::current(environment));
        let _lock = lock(server, environment)?;
        match contrait_containers::start(server, &image, &name, linger) {
            Ok(container) => Ok(Self { image, container }),
            Err(error) => Err(failure(error, &image, absent)),
        }
    }

    pub(crate) fn address(&self) -> Address {
        Address::Tcp {
            host: self.container.host().to_owned(),
            port: self.container.port(),
        }
    }
}

fn image(
    server: &Server,
    setting: &'static str,
    environment: &dyn Environment,
) -> Result<Image, ServerError> {
    let named = environment::text(environment, setting)?;
    Image::parse(named.as_deref().unwrap_or(server.image)).ok_or_else(|| ServerError::Setting {
        name: setting,
        problem: format!("it is not an image with its tag, such as {}", server.image),
    })
}

/// An engine may serve several machines, whose process ids are alike.
fn name(server: &Server, image: &Image, run: &Run) -> String {
    let machine = rustix::system::uname();
    let user = rustix::process::geteuid().as_raw();
    let key = run.key(&(image, machine.nodename(), user));
    format!("contrait-{}-{key:016x}", server.name)
}

fn lock(server: &Server, environment: &dyn Environment) -> Result<Lock, ServerError> {
    let base = Base::open(environment)?;
    let name = format!("container-{}", server.name);
    let deadline = Instant::now() + WAIT;
    loop {
        if let Some(lock) = base.try_lock(&name)? {
            return Ok(lock);
        }
        if Instant::now() > deadline {
            let problem = format!("another process has had it for {} s", WAIT.as_secs());
            return Err(ServerError::files("lock", name)(io::Error::other(problem)));
        }
        thread::sleep(PAUSE);
    }
}

fn failure(error: ContainerError, image: &Image, absent: ServerError) -> ServerError {
    match (error, absent) {
        (
            error @ ContainerError::NoEngine(_),
            ServerError::Absent {
                server,
                searched,
                remedies,
            },
        ) => ServerError::Absent {
            server,
            searched: format!("{searched}; for a container of {image} {error}"),
            remedies,
        },
        (error, _) => ServerError::Container {
            image: image.to_string(),
            problem: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use contrait_containers::{ContainerError, Image, Server};

    use super::{failure, image, name};
    use crate::ServerError;
    use crate::local::Run;

    const SETTING: &str = "CONTRAIT_REDIS_IMAGE";

    #[test]
    fn the_image_is_the_named_one_or_the_usual_one() {
        let read = |value| image(&Server::REDIS, SETTING, &[(SETTING, value)]);
        assert_eq!(read("").unwrap().to_string(), "redis:8.2");
        let valkey = "valkey/valkey:9.1";
        assert_eq!(read(valkey).unwrap().to_string(), valkey);
        assert_eq!(
            read("redis:").unwrap_err().to_string(),
            "CONTRAIT_REDIS_IMAGE cannot be used: it is not an image with its tag, such as redis:8.2"
        );
    }

    #[test]
    fn runs_and_images_have_containers_of_their_own() {
        let name = |image, run: &str| {
            let image = Image::parse(image).unwrap();
            name(&Server::REDIS, &image, &Run::Nextest(run.to_owned()))
        };
        assert_eq!(name("redis:8.2", "a"), name("redis:8.2", "a"));
        assert_ne!(name("redis:8.2", "a"), name("redis:8.2", "b"));
        assert_ne!(name("redis:8.2", "a"), name("redis:7", "a"));
        assert!(name("redis:7", "a").starts_with("contrait-redis-"));
    }

    #[test]
    fn an_engine_that_answers_is_no_missing_engine() {
        let absent = ServerError::Absent {
            server: "Redis",
            searched: "nowhere".to_owned(),
            remedies: &[],
        };
        let error = ContainerError::NotStarted("no such image".to_owned());
        let image = Image::parse("redis:8.2").unwrap();
        assert_eq!(
            failure(error, &image, absent).to_string(),
            "a container of redis:8.2 did not come up: no such image"
        );
    }
}
