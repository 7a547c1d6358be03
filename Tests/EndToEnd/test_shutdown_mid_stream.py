"""A stop in mid-stream: every client gets all datagrams that the daemon has read, without a gap, and then the end."""

import signal

from harness.configuration import barrier_route
from harness.panda_client import all_ended
from harness.sequence import numbered, numbers_by_sender
from harness.waiting import wait_until

CLIENTS = 100
BEFORE_THE_SIGNAL = 300  # datagrams that the slowest observer has received by then
IN_FLIGHT = 200
TO_DRAIN = 500


def publish_through_a_stop(daemon, program, publisher, clients) -> None:
    """Publishes without a pause, sends SIGTERM in the middle, and continues until every client's stream has ended."""
    sent = 0
    signalled = False
    while not all_ended(clients):
        if not publisher.ended and sent < min(len(c.received) for c in clients) + IN_FLIGHT:
            publisher.send(numbered(1, sent, padding=40))
            sent += 1
        else:
            slowest = min(len(c.received) for c in clients)
            wait_until(
                "deliveries or the end",
                lambda: all_ended(clients) or min(len(c.received) for c in clients) > slowest,
                program,
            )
        if not signalled and min(len(c.received) for c in clients) >= BEFORE_THE_SIGNAL:
            daemon.send_signal(signal.SIGTERM)
            signalled = True
    assert signalled


def test_every_client_gets_all_that_was_taken(start, panda):
    daemon = start(server={"drain": "5s"}, routes=[barrier_route()])
    program = panda()
    clients = program.connect_many(daemon.port(), CLIENTS)

    publish_through_a_stop(daemon, program, clients[0], clients)

    assert daemon.wait_for_exit() == 0
    finished = daemon.wait_for("shutdown.finished")
    taken = finished.number("datagrams_in") - CLIENTS  # without the barrier of each client
    assert taken >= BEFORE_THE_SIGNAL
    got = [numbers_by_sender(client.received).get(1, []) for client in clients]
    assert all(numbers == list(range(len(numbers))) for numbers in got), "a gap, a repetition or a change of order"
    assert {len(numbers) for numbers in got[1:]} == {taken}, "an observer lacks datagrams"
    assert len(got[0]) == taken, "the publisher lacks its own datagrams"
    assert finished.number("datagrams_out") == taken * CLIENTS + CLIENTS


def test_what_is_queued_for_a_client_behind_with_its_reading_is_sent(start, panda, raw):
    """When the signal comes, the client has 8 MB to read. It continues to read, and gets all of them before the end."""
    daemon = start(server={"drain": "20s"}, limits={"pending_bytes": 64_000_000}, routes=[barrier_route()])
    publisher = panda().connect_many(daemon.port(), 1)[0]
    late = raw(daemon.port(), receive_buffer_bytes=4_096)
    late.send(b"\xffhello")
    late.wait_for(1)
    late.frames.clear()
    for number in range(TO_DRAIN):
        publisher.send(numbered(1, number, padding=16_000))
        publisher.wait_for(number + 1)
    assert numbers_by_sender(publisher.received) == {1: list(range(TO_DRAIN))}

    daemon.send_signal(signal.SIGTERM)
    daemon.wait_for("shutdown.started")

    assert late.wait_for_end() == "closed"
    assert numbers_by_sender(late.frames) == {1: list(range(TO_DRAIN))}
    assert daemon.wait_for_exit() == 0
