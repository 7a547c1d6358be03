"""Several event loops: a broadcast crosses them and keeps each sender's order at every receiver."""

from harness.configuration import barrier_route
from harness.sequence import numbered, numbers_by_sender
from harness.waiting import wait_until

CLIENTS = 10
DATAGRAMS = 500
IN_FLIGHT = 50


def test_order_per_sender_survives_the_crossing_of_loops(start, panda):
    """Ten connections on two loops all send and receive, so datagrams cross every pair of loops."""
    daemon = start(server={"event_loops": 2}, routes=[barrier_route()])
    program = panda()
    clients = program.connect_many(daemon.port(), CLIENTS)

    for number in range(DATAGRAMS):
        for sender, client in enumerate(clients):
            client.send(numbered(sender, number, padding=number % 90))
        owed = max(0, number - IN_FLIGHT) * CLIENTS
        wait_until("the datagrams in flight", lambda: all(len(c.received) >= owed for c in clients), program)

    total = DATAGRAMS * CLIENTS
    wait_until("every delivery", lambda: all(len(c.received) >= total for c in clients), program)
    expected = {sender: list(range(DATAGRAMS)) for sender in range(CLIENTS)}
    for client in clients:
        assert numbers_by_sender(client.received) == expected
