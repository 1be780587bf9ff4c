//! Cases that ask for the network or the server, and backends that have one, have none, or forgot it.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use contrait::report::Outcome;
use contrait::{
    Context, Controlled, Direction, Network, Server, ServerControl, SetupError, backend, contract,
    contract_suite,
};

/// Something at the other end of a line. It blocks, as many clients do.
#[contract]
trait Echo {
    /// The same text, from there.
    fn echo(&self, text: &str) -> io::Result<String>;
}

#[contract_suite(Echo)]
mod suite {
    use super::*;

    /// It echoes.
    #[case]
    fn echoes(echo: &dyn Echo) -> io::Result<()> {
        assert_eq!(echo.echo("a")?, "a");
        Ok(())
    }

    /// A reset is an error, and the next echo is right.
    #[case]
    fn outlives_a_reset(
        echo: &dyn Echo,
        network: &Network,
        other: &dyn Echo,
    ) -> Result<(), io::Error> {
        assert_eq!(
            (echo.echo("a")?, other.echo("b")?),
            ("a".into(), "b".into())
        );
        assert_eq!(network.connections(), 2);
        {
            let _cut = network.reset_after(Direction::ToClient, 0);
            echo.echo("lost").expect_err("its reply was lost");
        }
        assert_eq!(
            (echo.echo("c")?, other.echo("d")?),
            ("c".into(), "d".into())
        );
        Ok(())
    }

    /// What a case left broken is mended before the teardown.
    #[case]
    fn leaves_a_stall(_: &dyn Echo, network: &Network) {
        std::mem::forget(network.stall(Direction::Both));
    }

    /// A killed server is an error until it is there again.
    #[case(timeout = "10s")]
    async fn outlives_its_server(
        echo: &dyn Echo,
        server: &Server,
    ) -> Result<(), Box<dyn std::error::Error>> {
        echo.echo("a")?;
        server.kill().await?;
        echo.echo("b").expect_err("nobody is there");
        server.kill().await.expect_err("it is dead already");
        server.restart().await?;
        assert_eq!(echo.echo("c")?, "c");
        Ok(())
    }
}

/// A server that echoes what it is sent, in this process.
struct EchoServer {
    address: SocketAddr,
    alive: Arc<AtomicBool>,
}

impl EchoServer {
    fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let alive = Arc::new(AtomicBool::new(true));
        let lives = Arc::clone(&alive);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let lives = Arc::clone(&lives);
                thread::spawn(move || serve(&stream.unwrap(), &lives));
            }
        });
        Ok(Self { address, alive })
    }
}

/// Returns what is read for as long as the server lives.
fn serve(mut stream: &TcpStream, alive: &AtomicBool) {
    let mut buffer = [0; 64];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        if !alive.load(Ordering::SeqCst) || stream.write_all(&buffer[..length]).is_err() {
            return;
        }
    }
}

impl ServerControl for EchoServer {
    fn address(&self) -> String {
        self.address.to_string()
    }

    fn secret(&self) -> Option<String> {
        None
    }

    fn stop(&self) -> Controlled<'_> {
        self.kill()
    }

    fn kill(&self) -> Controlled<'_> {
        let was_alive = self.alive.swap(false, Ordering::SeqCst);
        Box::pin(async move {
            match was_alive {
                true => Ok(()),
                false => Err("it does not run".into()),
            }
        })
    }

    fn freeze(&self) -> Controlled<'_> {
        Box::pin(async { Err("it cannot be frozen".into()) })
    }

    fn thaw(&self) -> Controlled<'_> {
        Box::pin(async { Err("it cannot be thawed".into()) })
    }

    fn restart(&self) -> Controlled<'_> {
        self.alive.store(true, Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    }

    fn restart_with_secret(&self, _: &str) -> Controlled<'_> {
        Box::pin(async { Err("it knows no passwords".into()) })
    }
}

/// A client that connects again after every error.
struct Client {
    server: SocketAddr,
    stream: Mutex<Option<TcpStream>>,
}

impl Client {
    fn new(server: SocketAddr) -> Self {
        Self {
            server,
            stream: Mutex::default(),
        }
    }
}

impl Echo for Client {
    fn echo(&self, text: &str) -> io::Result<String> {
        let mut kept = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stream = match kept.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.server)?,
        };
        stream.write_all(text.as_bytes())?;
        let mut bytes = vec![0; text.len()];
        stream.read_exact(&mut bytes)?;
        *kept = Some(stream);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[backend(suite)]
fn on_a_line(context: &Context) -> Result<Client, SetupError> {
    let server = context.shared(|| EchoServer::start().unwrap());
    let address = context.route(server.address)?;
    assert_eq!(
        address != server.address,
        context.asks_for_network(),
        "a detour where it is asked for"
    );
    if context.asks_for_server() {
        context.control_server(server);
    } else {
        context.on_teardown(async move {
            let echoed = Client::new(address).echo("goodbye");
            assert_eq!(
                echoed.unwrap(),
                "goodbye",
                "it can be spoken to in the teardown"
            );
        });
    }
    Ok(Client::new(address))
}

/// As the one above, with neither route nor control.
#[backend(suite, tests = false)]
fn forgetful(context: &Context) -> Client {
    let server = context.shared(|| EchoServer::start().unwrap());
    Client::new(server.address)
}

struct Here;

impl Echo for Here {
    fn echo(&self, text: &str) -> io::Result<String> {
        Ok(text.to_owned())
    }
}

#[backend(
    suite,
    lacks(network = "it is in this process", server = "it has none")
)]
fn here() -> Here {
    Here
}

#[test]
fn a_backend_that_forgot_the_network_is_told_what_to_do() {
    let record = forgetful::conformance().run("outlives_a_reset");
    assert_eq!(
        record.reason.as_deref(),
        Some(
            "the backend could not be made: the case asks for `&Network`, and `forgetful` set up none: \
             call `Context::route` in it, or declare `lacks(network = \"why\")`"
        )
    );
}

#[test]
fn a_backend_that_forgot_the_server_is_told_what_to_do() {
    let reason = forgetful::conformance().run("outlives_its_server").reason;
    let reason = reason.unwrap();
    assert!(reason.contains("asks for `&Server`"), "{reason}");
    assert!(reason.contains("`Context::control_server`"), "{reason}");
    assert!(reason.contains("`lacks(server = \"why\")`"), "{reason}");
}

#[test]
fn what_a_backend_lacks_is_ignored_with_its_reason() {
    let conformance = here::conformance();
    let lacking = |name: &str| {
        let promises = conformance.promises();
        let promise = promises.into_iter().find(|promise| promise.name == name);
        conformance.lack(promise.unwrap()).map(|lack| lack.reason)
    };
    assert_eq!(lacking("outlives_a_reset"), Some("it is in this process"));
    assert_eq!(lacking("outlives_its_server"), Some("it has none"));
    assert_eq!(lacking("echoes"), None);
    assert_eq!(
        conformance.run("outlives_a_reset").outcome,
        Outcome::Lacking
    );
}
