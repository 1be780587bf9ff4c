//! Makes a container, or joins it.

use std::io;
use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::Duration;

use testcontainers::bollard::models::{HostConfig, PortBinding};
use testcontainers::core::{ContainerPort, ContainerRequest};
use testcontainers::runners::SyncRunner;
use testcontainers::{GenericImage, ImageExt, ReuseDirective};

use crate::{ContainerError, Image, Server, lease};

const KEEPER: &str = include_str!("keeper.sh");
/// How long a new container waits for its first user. One that comes and goes within a second may not be seen, so that
/// such a container stays for so long.
const FIRST: Duration = Duration::from_secs(30);

/// A server in a container, which stays for as long as anybody holds one of these, and some seconds more.
#[derive(Debug)]
pub struct Container {
    host: String,
    port: u16,
    _lease: TcpStream,
}

impl Container {
    /// The host that the server's port is on: 127.0.0.1, where the engine is on this machine.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port on that host.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// Joins the running container called `name`, or makes it from `image`; it stays on for `linger`, in whole seconds, after
/// its last user. Blocks, for minutes where the image has to be fetched; also within an async runtime.
///
/// # Errors
///
/// [`ContainerError::NoEngine`] at once where there is no Docker engine, else what kept the container from starting.
pub fn start(
    server: &Server,
    image: &Image,
    name: &str,
    linger: Duration,
) -> Result<Container, ContainerError> {
    let attempt = || {
        let place = place(server, request(server, image, name, linger));
        place.map(|place| lease(server, place))
    };
    // A container that was just about to end can be found but not used: the next one is new.
    let leased = match attempt()? {
        Err(_) => attempt()?,
        leased => leased,
    };
    leased.map_err(|problem| {
        ContainerError::NotStarted(format!("its server does not answer: {problem}"))
    })
}

fn request(
    server: &Server,
    image: &Image,
    name: &str,
    linger: Duration,
) -> ContainerRequest<GenericImage> {
    let port = ContainerPort::Tcp(server.port);
    GenericImage::new(&*image.name, &*image.tag)
        .with_exposed_port(port)
        .with_cmd(command(server, linger))
        .with_container_name(name)
        .with_reuse(ReuseDirective::Always)
        .with_host_config_modifier(move |config| {
            config.auto_remove = Some(true);
            if is_loopback_ours() {
                publish_on_loopback(config, port);
            }
        })
}

/// The command line in the container.
fn command(server: &Server, linger: Duration) -> Vec<String> {
    let port = format!("{:04X}", server.port);
    let [first, linger] = [FIRST, linger].map(|time| time.as_secs().to_string());
    let keeper = ["sh", "-c", KEEPER, "keeper", &*port, &*first, &*linger];
    let command = keeper.iter().chain(server.command);
    command.map(|&word| word.to_owned()).collect()
}

/// Nobody else is to reach a server that asks for no password.
fn publish_on_loopback(config: &mut HostConfig, port: ContainerPort) {
    let binding = PortBinding {
        host_ip: Some("127.0.0.1".to_owned()),
        host_port: None,
    };
    config.publish_all_ports = Some(false);
    config.port_bindings = Some([(port.to_string(), Some(vec![binding]))].into());
}

/// Whether what the engine publishes on its loopback can be reached from here: not where it is on another machine, nor
/// where this process is itself in a container.
fn is_loopback_ours() -> bool {
    let engine = std::env::var("DOCKER_HOST").unwrap_or_default();
    let is_local = engine.is_empty() || engine.starts_with("unix:");
    is_local && !Path::new("/.dockerenv").exists()
}

/// Has the container run; returns where its server is. In a thread of its own, since the runtime that talks to the engine
/// must not start within another one.
fn place(
    server: &Server,
    request: ContainerRequest<GenericImage>,
) -> Result<(String, u16), ContainerError> {
    let run = || {
        let container = request.start()?;
        let host = container.get_host()?.to_string();
        let port = container.get_host_port_ipv4(server.port)?;
        Ok((host, port))
    };
    thread::scope(|scope| scope.spawn(run).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn lease(server: &Server, (host, port): (String, u16)) -> io::Result<Container> {
    // The port is published for version 4 alone, and the name stands for version 6 as well.
    let host = match &*host {
        "localhost" => "127.0.0.1".to_owned(),
        _ => host,
    };
    let lease = lease::take(server, (&host, port))?;
    Ok(Container {
        host,
        port,
        _lease: lease,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use testcontainers::bollard::models::HostConfig;

    use super::{command, publish_on_loopback};
    use crate::Server;

    #[test]
    fn the_server_runs_under_its_keeper() {
        let command = command(&Server::REDIS, Duration::from_secs(5));
        let keeper = command.iter().position(|word| word == "keeper").unwrap();
        assert_eq!(command[..2], ["sh", "-c"]);
        assert_eq!(
            command[keeper + 1..][..4],
            ["18EB", "30", "5", "redis-server"]
        );
    }

    #[test]
    fn nothing_is_published_beyond_loopback() {
        let mut config = HostConfig {
            publish_all_ports: Some(true),
            ..HostConfig::default()
        };
        publish_on_loopback(&mut config, testcontainers::core::ContainerPort::Tcp(7));
        assert_eq!(config.publish_all_ports, Some(false));
        let bindings = config.port_bindings.unwrap();
        let of_seven = bindings["7/tcp"].as_ref().unwrap();
        assert_eq!(of_seven[0].host_ip.as_deref(), Some("127.0.0.1"));
        assert_eq!((bindings.len(), of_seven.len()), (1, 1));
    }
}
