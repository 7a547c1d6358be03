"""[access]: denied clients are refused at once, over TCP and UDP. A reload closes the connections that it denies."""

import pytest

from harness.configuration import barrier_route, configuration, listener

LISTENERS = [listener(address="0.0.0.0"), listener(name="udp", transport="udp", address="0.0.0.0")]


@pytest.mark.parametrize("access", [{"deny": ["127.0.0.2"]}, {"allow": ["127.0.0.1/32"]}], ids=["deny", "allow"])
def test_who_may_not_connect_is_refused(start, raw, raw_udp, access):
    daemon = start(listeners=LISTENERS, access=access, relay={"default": "echo"})
    friend = raw(daemon.port())
    friend.send(b"hello")
    friend.wait_for(1)
    stranger = raw(daemon.port(), source="127.0.0.2")
    stranger.wait_for_end()
    daemon.wait_for("connection.refused", reason="accessDenied", peer_address="127.0.0.2", listener="game")

    udp_friend, udp_stranger = raw_udp(daemon.port("udp")), raw_udp(daemon.port("udp"), source="127.0.0.2")
    udp_stranger.send(b"stranger")
    udp_friend.send(b"friend")
    udp_friend.wait_for(b"friend")
    assert not udp_stranger.poll()
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("refused_access_denied") == 2


def test_a_reload_ends_what_it_denies_and_nothing_else(start, raw, raw_udp):
    tables = {"listeners": LISTENERS, "routes": [barrier_route()], "relay": {"default": "echo"}}
    daemon = start(**tables)
    friend, stranger = raw(daemon.port()), raw(daemon.port(), source="127.0.0.2")
    udp_stranger = raw_udp(daemon.port("udp"), source="127.0.0.2")
    udp_stranger.send(b"in")
    udp_stranger.wait_for(b"in")
    for client in (friend, stranger):
        client.send(b"in")
        client.wait_for(1)

    daemon.reload(configuration(**tables, access={"deny": ["127.0.0.2/32"]}))
    stranger.wait_for_end()
    daemon.wait_for("connection.closed", close_reason="accessDenied", peer_address="127.0.0.2", listener="game")
    daemon.wait_for("connection.closed", close_reason="accessDenied", peer_address="127.0.0.2", listener="udp")
    friend.send(b"still in")
    assert friend.wait_for(2) == [b"in", b"still in"]
    raw(daemon.port(), source="127.0.0.2").wait_for_end()

    daemon.reload(configuration(**tables))
    again = raw(daemon.port(), source="127.0.0.2")
    again.send(b"back")
    assert again.wait_for(1) == [b"back"]
