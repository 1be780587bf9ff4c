//! Each fault, seen from both ends of a connection.

use std::io::{ErrorKind, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use contrait::{Direction, Network};

use crate::line::{Line, end, is_silent, ready, receive, wait};

#[test]
fn bytes_pass_both_ways_and_so_does_the_end_of_one() {
    let line = Line::new();
    let mut ends = line.connect();
    assert_eq!(ends.ask("request").unwrap(), "request");
    assert_eq!(ends.answer("reply").unwrap(), "reply");
    assert_eq!(line.network.passed(Direction::ToServer), 7);
    assert_eq!(line.network.passed(Direction::ToClient), 5);
    ends.client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(end(&mut ends.server).unwrap(), 0);
    assert_eq!(ends.answer("after the end").unwrap(), "after the end");
}

#[test]
fn more_than_any_buffer_passes_in_order() {
    let line = Line::new();
    let mut ends = line.connect();
    let sent: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_be_bytes).collect();
    let mut client = ends.client.try_clone().unwrap();
    let bytes = sent.clone();
    let sender = std::thread::spawn(move || client.write_all(&bytes).unwrap());
    let mut received = vec![0; sent.len()];
    std::io::Read::read_exact(&mut ends.server, &mut received).unwrap();
    sender.join().unwrap();
    assert!(sent == received, "the bytes differ");
}

#[test]
fn connections_are_counted_until_both_ends_are_gone() {
    let line = Line::new();
    let ends = [line.connect(), line.connect()];
    wait(line.network.until(|network| network.connections() == 2));
    drop(ends);
    wait(line.network.until(|network| network.connections() == 0));
}

#[test]
fn what_is_stalled_arrives_when_the_fault_is_over() {
    let line = Line::new();
    let mut ends = line.connect();
    let stalled = line.network.stall(Direction::ToServer);
    ends.client.write_all(b"late").unwrap();
    wait(stalled.reached(1));
    assert!(is_silent(&mut ends.server));
    assert_eq!(ends.answer("the other way").unwrap(), "the other way");
    assert_eq!(stalled.hits(), 1);
    stalled.heal();
    assert_eq!(receive(&mut ends.server, 4).unwrap(), "late");
    assert_eq!(ends.ask("more").unwrap(), "more");
}

#[test]
fn a_stall_is_over_when_no_other_one_is_there() {
    let line = Line::new();
    let mut ends = line.connect();
    let one = line.network.stall(Direction::ToServer);
    let other = line.network.stall(Direction::Both);
    ends.client.write_all(b"late").unwrap();
    wait(other.reached(1));
    drop(one);
    assert!(is_silent(&mut ends.server));
    line.network.heal();
    assert_eq!(receive(&mut ends.server, 4).unwrap(), "late");
    assert_eq!(other.hits(), 0, "it has ended with the others");
}

#[test]
fn a_black_hole_loses_requests_and_the_connection_with_them() {
    let line = Line::new();
    let mut ends = line.connect();
    let hole = line.network.black_hole(Direction::ToServer);
    ends.client.write_all(b"lost").unwrap();
    wait(hole.reached(1));
    hole.heal();
    ends.client.write_all(b"lost as well").unwrap();
    ends.client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(line.connect().ask("alive").unwrap(), "alive");
    // What never comes cannot be awaited.
    ends.server
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let error = end(&mut ends.server).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
}

#[test]
fn a_black_hole_of_one_way_leaves_the_other() {
    let line = Line::new();
    let mut ends = line.connect();
    let hole = line.network.black_hole(Direction::ToClient);
    ends.server.write_all(b"lost").unwrap();
    wait(hole.reached(1));
    assert_eq!(ends.ask("heard").unwrap(), "heard");
    assert!(is_silent(&mut ends.client));
}

#[test]
fn a_delay_is_at_least_as_long_as_asked_for() {
    const BY: Duration = Duration::from_millis(30);
    let line = Line::new();
    let mut ends = line.connect();
    let delayed = line.network.delay(Direction::ToClient, BY);
    let begun = Instant::now();
    assert_eq!(ends.answer("slow").unwrap(), "slow");
    assert!(begun.elapsed() >= BY, "{:?}", begun.elapsed());
    assert_eq!(delayed.hits(), 1);
}

#[test]
fn what_was_late_has_arrived_when_the_network_is_drained() {
    let line = Line::new();
    let mut ends = line.connect();
    let mut half_closed = line.connect();
    let stalled = line.network.stall(Direction::ToServer);
    let late = vec![1; 50_000];
    ends.client.write_all(&late).unwrap();
    half_closed.client.write_all(b"last").unwrap();
    half_closed.client.shutdown(Shutdown::Write).unwrap();
    wait(stalled.reached(2));
    stalled.heal();
    wait(line.network.drained());
    assert_eq!(ready(&mut ends.server), late.len());
    assert_eq!(ready(&mut half_closed.server), 4);
    // Nothing more can come of the one that is half closed, and it is there still.
    wait(line.network.drained());
    assert_eq!(line.network.connections(), 2);
}

#[test]
fn a_network_that_holds_something_back_is_not_drained() {
    let line = Line::new();
    let mut ends = line.connect();
    let stalled = line.network.stall(Direction::ToClient);
    ends.server.write_all(b"late").unwrap();
    wait(stalled.reached(1));
    assert!(wait(async {
        let early = tokio::time::timeout(Duration::from_millis(500), line.network.drained());
        early.await.is_err()
    }));
    stalled.heal();
    wait(line.network.drained());
    assert_eq!(ready(&mut ends.client), 4);
}

#[test]
fn connections_that_end_do_not_keep_a_network_from_being_drained() {
    let line = Line::new();
    let ends = line.connect();
    let network = line.network.clone();
    let stalled = network.stall(Direction::ToServer);
    (&ends.client).write_all(b"never").unwrap();
    wait(stalled.reached(1));
    wait(async {
        tokio::join!(network.drained(), async { network.reset() });
    });
}

#[test]
fn a_delay_ends_with_its_fault() {
    let line = Line::new();
    let mut ends = line.connect();
    let delayed = line.network.delay(Direction::ToServer, Duration::MAX);
    ends.client.write_all(b"slow").unwrap();
    wait(delayed.reached(1));
    drop(delayed);
    assert_eq!(receive(&mut ends.server, 4).unwrap(), "slow");
}

#[test]
fn a_reset_after_some_bytes_leaves_them_and_no_more() {
    let line = Line::new();
    let mut ends = line.connect();
    let cut = line.network.reset_after(Direction::ToClient, 7);
    assert_eq!(ends.answer("whole").unwrap(), "whole");
    ends.server.write_all(b"torn").unwrap();
    assert_eq!(receive(&mut ends.client, 2).unwrap(), "to");
    for stream in [&mut ends.client, &mut ends.server] {
        assert_eq!(end(stream).unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
    assert_eq!(cut.hits(), 1);
    assert_eq!(line.connect().answer("whole again").unwrap(), "whole again");
}

#[test]
fn a_reset_after_all_of_a_piece_follows_it() {
    let line = Line::new();
    let mut ends = line.connect();
    let cut = line.network.reset_after(Direction::ToClient, 5);
    assert_eq!(ends.answer("whole").unwrap(), "whole");
    wait(cut.reached(1));
    let error = end(&mut ends.client).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_reset_after_nothing_takes_the_place_of_a_reply() {
    let line = Line::new();
    let mut ends = line.connect();
    let cut = line.network.reset_after(Direction::ToClient, 0);
    assert_eq!(ends.ask("request").unwrap(), "request");
    assert_eq!(cut.hits(), 0);
    ends.server.write_all(b"reply").unwrap();
    let error = receive(&mut ends.client, 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_reset_ends_what_is_there_also_what_is_stalled() {
    let line = Line::new();
    let mut all = [line.connect(), line.connect()];
    let stalled = line.network.stall(Direction::ToServer);
    all[0].client.write_all(b"never").unwrap();
    wait(stalled.reached(1));
    line.network.reset();
    for ends in &mut all {
        for stream in [&mut ends.client, &mut ends.server] {
            assert_eq!(end(stream).unwrap_err().kind(), ErrorKind::ConnectionReset);
        }
    }
    stalled.heal();
    assert_eq!(line.connect().ask("new").unwrap(), "new");
}

#[test]
fn refused_connections_are_refused_and_the_others_stay() {
    let line = Line::new();
    let mut ends = line.connect();
    for _ in 0..3 {
        let refused = line.network.refuse();
        let error = TcpStream::connect(line.address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert_eq!(ends.ask("still there").unwrap(), "still there");
        refused.heal();
        assert_eq!(line.connect().ask("new").unwrap(), "new");
    }
}

#[test]
fn a_route_that_is_made_while_connections_are_refused_refuses_them() {
    let network = Network::default();
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = network.refuse();
    let address = network.route(server.local_addr().unwrap()).unwrap();
    let error = TcpStream::connect(address).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    drop(refused);
    TcpStream::connect(address).unwrap();
}

#[test]
fn what_is_replaced_is_not_what_was_sent() {
    let line = Line::new();
    let mut ends = line.connect();
    let replaced = line.network.replace(Direction::ToClient, *b"garbage");
    ends.server.write_all(b"reply").unwrap();
    assert_eq!(receive(&mut ends.client, 7).unwrap(), "garbage");
    drop(replaced);
    assert_eq!(ends.answer("reply").unwrap(), "reply");
}

#[test]
fn a_server_that_is_not_there_is_a_reset() {
    let line = Line::new();
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = line.network.route(gone.local_addr().unwrap()).unwrap();
    drop(gone);
    let mut client = TcpStream::connect(address).unwrap();
    assert_eq!(
        end(&mut client).unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );
}

#[test]
fn each_server_has_one_route() {
    let (line, other) = (Line::new(), Line::new());
    let server = line.connect().server.local_addr().unwrap();
    assert_eq!(line.network.route(server).unwrap(), line.address);
    assert_ne!(line.network.route(other.address).unwrap(), line.address);
}

#[test]
fn everything_ends_with_the_last_handle() {
    let Line {
        network, address, ..
    } = {
        let line = Line::new();
        let mut ends = line.connect();
        let stalled = line.network.stall(Direction::Both);
        ends.client.write_all(b"never").unwrap();
        wait(stalled.reached(1));
        let clone = line.network.clone();
        drop(clone);
        assert_eq!(line.network.connections(), 1);
        std::mem::forget(stalled);
        line
    };
    drop(network);
    let error = TcpStream::connect(address).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}
