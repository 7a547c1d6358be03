"""A reload turns on each limit, which was off at the start. It applies at once, even to existing connections."""

import tomllib
from dataclasses import dataclass, field
from typing import Any, Callable

import pytest

from harness.configuration import barrier_route, configuration, listener
from harness.daemon import REPOSITORY, Daemon
from harness.raw_client import RawClient, frame
from harness.raw_udp_client import RawUDPClient

EMPTY = frame(b"")
TCP, UDP = listener(), listener(name="udp", transport="udp")
# The limits that are on by default, turned off.
OFF = dict.fromkeys(["connections", "udp_unproven_connections"], 0)
OFF |= dict.fromkeys(["pending_bytes", "pending_datagrams", "pending_bytes_total", "unfinished_bytes_total"], 0)
OFF |= dict.fromkeys(["pending_age", "frame_timeout", "throttle_age", "keep_alive"], "0s")
# Far more than the kernel takes for a connection that does not read.
FILLING, FILLING_BYTES = 50, 60_000


@dataclass
class Lobby:
    """Two connections. `tried` has not read since it joined. `other` reads all that it broadcasts."""

    daemon: Daemon
    tried: RawClient
    other: RawClient
    raw: Callable[..., RawClient]
    raw_udp: Callable[..., RawUDPClient]

    def broadcast(self, count: int, payload: bytes = b"") -> None:
        """Broadcasts, and waits until `other` has each datagram back. By then it is also on its way to `tried`."""
        for _ in range(count):
            self.other.send(payload)
            self.other.wait_for(1)
            self.other.frames.clear()

    def fill(self) -> None:
        self.broadcast(FILLING, bytes(FILLING_BYTES))

    def sends(self, data: bytes) -> None:
        self.tried.send_bytes(data)

    def begins(self) -> None:
        """Sends two unfinished datagrams. Most of their bytes come from `tried`."""
        self.tried.send_bytes(frame(bytes(65_000))[:60_000])
        self.other.send_bytes(frame(bytes(65_000))[:20_000])

    def comes(self, count: int) -> None:
        for _ in range(count):
            self.raw(self.daemon.port())

    def comes_over_udp(self, source: str) -> RawUDPClient:
        client = self.raw_udp(self.daemon.port("udp"), source=source)
        client.send(b"\xffin")
        return client


Act = Callable[[Lobby], object]


@dataclass
class Case:
    """A limit, its new value, the actions before and after the reload, and the resulting event."""

    limit: str
    value: object
    after: Act
    event: dict[str, Any]
    before: Act = lambda lobby: None
    # The limits that are already on before the reload.
    at_first: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.limit


def closing(limit: str, value: object, reason: str, after: Act, **more: Any) -> Case:
    return Case(limit, value, after, {"message": "connection.closed", "close_reason": reason, "limit": limit}, **more)


def throttling(limit: str, value: object, after: Act) -> Case:
    """After the reload, the datagrams must wait for too long."""
    event = {"message": "connection.closed", "close_reason": "rateLimited", "limit": "throttle_age"}
    return Case(limit, value, after, event, at_first={"throttle_age": "100ms"})


def refusing(limit: str, value: object, reason: str, after: Act, **more: Any) -> Case:
    return Case(limit, value, after, {"message": "connection.refused", "reason": reason}, **more)


def waiting(limit: str, value: object) -> Case:
    """Before the reload, more data waits than the new limit allows. The next datagram closes the connection."""
    return closing(limit, value, "slowConsumer", lambda lobby: lobby.broadcast(1), before=Lobby.fill)


CASES = [
    closing("datagram_bytes", 50, "oversizedDatagram", lambda lobby: lobby.sends(frame(bytes(51)))),
    throttling("datagrams_per_second", 10, lambda lobby: lobby.sends(EMPTY * 100)),
    throttling("bytes_per_second", 100_000, lambda lobby: lobby.sends(frame(bytes(50_000)) * 10)),
    closing(
        "throttle_age",
        "100ms",
        "rateLimited",
        lambda lobby: lobby.sends(EMPTY * 100),
        at_first={"datagrams_per_second": 10},
    ),
    closing("broadcast_bytes_per_second", 100_000, "rateLimited", lambda lobby: lobby.sends(frame(bytes(50_000)))),
    closing("frame_timeout", "100ms", "frameTimeout", lambda lobby: None, before=lambda lobby: lobby.sends(b"\x05")),
    closing("idle_timeout", "100ms", "idleTimeout", lambda lobby: None),
    waiting("pending_bytes", 70_000),
    waiting("pending_datagrams", 10),
    waiting("pending_age", "100ms"),
    waiting("pending_bytes_total", 70_000),
    closing("unfinished_bytes_total", 70_000, "slowSender", Lobby.begins),
    refusing("connections", 2, "connectionLimit", lambda lobby: lobby.comes_over_udp("127.0.0.1")),
    refusing("connections_per_address", 2, "addressLimit", lambda lobby: lobby.comes(1)),
    refusing("accepts_per_second_per_address", 1, "addressRate", lambda lobby: lobby.comes(2)),
    refusing(
        "udp_unproven_connections",
        1,
        "unprovenLimit",
        lambda lobby: lobby.comes_over_udp("127.0.0.3"),
        before=lambda lobby: lobby.comes_over_udp("127.0.0.2").wait_for(b"\xffin"),
    ),
]
# These settings have no event when they are exceeded; test_reload.py, test_udp_proof.py and test_udp_echo_loops.py test
# them. keep_alive needs a client that vanishes; test_vanished_clients.py tests it.
ELSEWHERE = {"udp_proof", "udp_ports_per_connection", "udp_unproven_answers_per_second", "keep_alive"}


@pytest.fixture
def lobby(start, raw, raw_udp):
    """Starts with every limit off, except the given ones."""

    def make(**limits: Any) -> Lobby:
        daemon = start(**tables(**limits))
        both = [raw(daemon.port(), receive_buffer_bytes=size) for size in (4_096, None)]
        for client in both:
            client.send(b"\xffin")
            client.wait_for(1)
            client.frames.clear()
        return Lobby(daemon, *both, raw, raw_udp)

    return make


def tables(**limits: Any) -> dict[str, Any]:
    return {
        "listeners": [TCP, UDP],
        "routes": [barrier_route()],
        "server": {"event_loops": 1},
        "limits": OFF | limits,
    }


def reload(lobby: Lobby, **limits: Any) -> None:
    (answer,) = lobby.daemon.reload(configuration(**tables(**limits)))
    assert answer.message == "reload.applied" and answer["changes"] == 1, answer.fields


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_holds_from_the_reload_on(lobby, case):
    tried = lobby(**case.at_first)
    case.before(tried)
    tried.broadcast(1)
    assert not tried.daemon.logged("connection.closed") and not tried.daemon.logged("connection.refused")
    reload(tried, **case.at_first, **{case.limit: case.value})
    case.after(tried)
    tried.daemon.wait_for(**case.event)


def test_a_slow_client_is_spared_from_the_reload_on(lobby):
    slow = lobby(pending_bytes=70_000)
    reload(slow, pending_bytes=70_000, slow_consumer="drop")
    slow.fill()
    assert not slow.daemon.logged("connection.closed")
    assert slow.daemon.terminate() == 0
    finished = slow.daemon.wait_for("shutdown.finished")
    assert 0 < finished.number("exceeded_pending_bytes") <= finished.number("datagrams_unsent") < FILLING


def test_no_limit_is_without_a_case():
    shipped = tomllib.loads((REPOSITORY / "config" / "lobbyd.toml").read_text())["limits"]
    assert {case.limit for case in CASES} | ELSEWHERE | {"slow_consumer"} == set(shipped)
