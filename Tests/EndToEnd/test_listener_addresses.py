"""Addresses that listeners can have together. --check, the start and a reload must agree about them."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.configuration import barrier_route, configuration, listener
from harness.control import ask
from harness.daemon import BINARY, DEADLINE, EXIT_CONFIGURATION, EXIT_OK, run_lobbyd, run_to_end
from harness.loopback_only import loopback_only
from harness.own_networks import linked_interfaces
from harness.raw_client import RawClient, free_port

from test_addresses import needs_ipv6

ECHO = {"default": "echo"}
TRANSPORTS = ("tcp", "udp")
# Two addresses, each with or without ipv6_only, and whether the system allows both on one port.
PAIRS = [
    ("::", "0.0.0.0", False),
    ("::", "127.0.0.1", False),
    ("::", "::1", False),
    ("::", "*", False),
    ("*", "127.0.0.1", False),
    ("*", "::1", False),
    ("0.0.0.0", "127.0.0.1", False),
    ("::ffff:127.0.0.1", "127.0.0.1", False),
    ("::ffff:127.0.0.1", "::ffff:7f00:1", False),
    ("::ffff:0.0.0.0", "127.0.0.1", False),
    ("::ffff:127.0.0.1", "::", False),
    ("127.0.0.1", "127.0.0.2", True),
    ("127.0.0.1", "::1", True),
    ("0.0.0.0", "::1", True),
    ("::ffff:127.0.0.1", "::1", True),
    (":: only", "0.0.0.0", True),
    (":: only", "127.0.0.1", True),
    (":: only", "::ffff:127.0.0.1", True),
    ("* only", "0.0.0.0", True),
    ("* only", "::1", False),
    (":: only", "*", False),
    ("::1 only", "::1", False),
    ("::1 only", "0.0.0.0", True),
]


def at(text: str, **keys: object) -> dict:
    address, *only = text.split(" ")
    return listener(address=address, **({"ipv6_only": True} if only else {}), **keys)


@needs_ipv6
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("first, second, fit", PAIRS)
def test_check_and_start_agree(launch, tmp_path, transport, first, second, fit):
    port = free_port()
    text = configuration(
        [at(first, name="a", port=port, transport=transport), at(second, name="b", port=port, transport=transport)]
    )
    file = tmp_path / "pair.toml"
    file.write_text(text)
    checked = run_lobbyd("--check", "--config", file)
    assert (checked.returncode == EXIT_OK) == fit, checked.stderr
    if fit:
        launch(text).wait_for("ready")
    else:
        assert "is already taken by the listener at line 1" in checked.stderr
        assert run_lobbyd("--config", file).returncode == EXIT_CONFIGURATION


@needs_ipv6
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_reload_refuses_the_same(start, transport):
    keys = {"port": free_port(), "transport": transport}
    daemon = start(listeners=[listener(address="::", **keys)])
    (event,) = daemon.reload(configuration([at("::", **keys), at("0.0.0.0", name="b", **keys)]))
    assert event.message == "reload.rejected" and "is already taken by the listener at line 1" in event["reason"]


@needs_ipv6
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "before, after", [("127.0.0.1", "::"), ("::", "127.0.0.1"), ("127.0.0.1", "*"), ("::", ":: only"), ("::", "*")]
)
def test_a_reload_moves_a_listener_to_an_address_that_covers_the_old_one(
    start, raw, raw_udp, transport, before, after
):
    port = free_port()
    keys = {"port": port, "transport": transport, "name": "game"}
    daemon = start(listeners=[at(before, **keys)], relay=ECHO)
    if transport == "tcp":
        old = raw(port, host="::1" if before == ":: only" else "127.0.0.1")

    (event,) = daemon.reload(configuration([at(after, **keys)], relay=ECHO))

    assert event.message == "reload.applied", event.fields
    assert not daemon.logged("reload.needs_restart")
    assert daemon.wait_for("listener.bound", count=2)["port"] == port
    if transport == "tcp":
        new = raw(port, host="::1" if after == ":: only" else "127.0.0.1")
        for client in (old, new):
            client.send(b"served")
            assert client.wait_for(1) == [b"served"]
        if after in ("::", "*"):
            raw(port, host="::1").send(b"over IPv6")
            daemon.wait_for("connection.opened", peer_address="::1")
        assert not daemon.logged("connection.closed")
    elif after != ":: only":
        client = raw_udp(port)
        client.send(b"served")
        client.wait_for(b"served")


@needs_ipv6
def test_no_client_is_turned_away_while_a_listener_moves(start):
    """Clients connect all the time while the listener moves between addresses that conflict with each other."""
    port = free_port()
    keys = {"listeners": [listener(address="127.0.0.1", port=port)], "routes": [barrier_route()]}
    daemon = start(**keys)
    ended = threading.Event()
    served, failures = [], []

    def connect() -> None:
        while not ended.is_set() and not failures:
            try:
                client = RawClient(port)
                client.send(b"\xffhello")
                client.wait_for(1)
                served.append(client.frames)
                client.close()
            except (OSError, AssertionError, TimeoutError) as error:
                failures.append(error)

    threads = [threading.Thread(target=connect) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(40):
            wanted = len(served) + 20
            while len(served) < wanted and not failures:
                ended.wait(0.001)
            address = ("::", "127.0.0.1", "*")[number % 3]
            (event,) = daemon.reload(configuration([listener(address=address, port=port)], routes=[barrier_route()]))
            assert event.message == "reload.applied", event.fields
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not failures, (failures, len(served))
    assert served == [[b"\xffhello"]] * len(served)


@needs_ipv6
def test_a_udp_listener_with_connections_stays_until_they_have_ended(start, raw_udp):
    keys = {"port": free_port(), "transport": "udp"}
    daemon = start(listeners=[listener(address="127.0.0.1", **keys)], relay=ECHO)
    client = raw_udp(keys["port"])
    client.send(b"before")
    client.wait_for(b"before")
    wide = configuration([listener(address="::", **keys)], relay=ECHO, limits={"idle_timeout": "200ms"})

    (event,) = daemon.reload(wide)

    assert event.message == "reload.applied"
    waiting = daemon.wait_for("reload.needs_restart")
    assert waiting["unchanged.listener.game.address"] == '"::", was "127.0.0.1"'
    client.send(b"after")
    client.wait_for(b"after")
    daemon.wait_for("connection.closed", close_reason="idleTimeout")
    (event,) = daemon.reload(wide)
    assert event.message == "reload.applied" and len(daemon.logged("reload.needs_restart")) == 1
    assert daemon.wait_for("listener.bound", count=2)["address"] == "::"


@needs_ipv6
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_move_that_is_rejected_leaves_the_old_listener_as_it_was(start, panda, transport):
    keys = {"port": free_port(), "transport": transport}
    daemon = start(listeners=[listener(address="127.0.0.1", **keys)], relay=ECHO)
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        taken = listener(name="taken", port=somebody.getsockname()[1])
        (event,) = daemon.reload(configuration([listener(address="::", **keys), taken], relay=ECHO))
    assert event.message == "reload.rejected" and "Address already in use" in event["reason"]
    client = panda().connect(keys["port"]) if transport == "tcp" else panda().open_udp(keys["port"])
    client.send(b"served")
    assert client.take(1) == [b"served"]
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET6, kind) as other, pytest.raises(OSError, match="Address already in use"):
        other.bind(("::", keys["port"]))
        other.listen()


@needs_ipv6
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_ipv6_only_leaves_ipv4_to_others(start, panda, transport):
    port = free_port()
    listeners = [
        at(":: only", name="six", port=port, transport=transport),
        at("0.0.0.0", name="four", port=port, transport=transport),
    ]
    daemon = start(listeners=listeners, relay=ECHO)
    assert daemon.wait_for("listener.bound", listener="six")["ipv6_only"] == "true"
    for host, name in (("127.0.0.1", "four"), ("::1", "six")):
        if transport == "tcp":
            client = panda().connect(port, host)
        else:
            client = panda().open_udp(port, host, source="::" if ":" in host else "")
        client.send(b"served")
        assert client.take(1) == [b"served"]
        daemon.wait_for("connection.opened", listener=name, peer_address=host)


def test_a_mapped_address_is_the_ipv4_address(start, raw):
    daemon = start(listeners=[listener(address="::ffff:127.0.0.1")], relay=ECHO)
    assert daemon.wait_for("listener.bound")["address"] == "127.0.0.1"
    client = raw(daemon.port())
    client.send(b"served")
    assert client.wait_for(1) == [b"served"]


@needs_ipv6
def test_a_link_local_address_with_its_interface(launch, tmp_path):
    control = tmp_path / "control.sock"
    with linked_interfaces() as addresses:
        listeners = [
            listener(name=name, address=f"{addresses[name]}%{name}", port=4001, transport=transport)
            for name, transport in zip(addresses, TRANSPORTS)
        ]
        wide = listener(name="wide", address="*", port=4002)
        daemon = launch(configuration([*listeners, wide], relay=ECHO, control={"socket": str(control)}))
        daemon.wait_for("ready")
        first, second = (f"{addresses[name]}%{name}" for name in addresses)
        assert daemon.wait_for("listener.bound", listener="lobby0")["address"] == first
        with RawClient(4001, first).socket, RawClient(4002, second).socket:
            daemon.wait_for("connection.opened", listener="lobby0", peer_address=first)
            daemon.wait_for("connection.opened", listener="wide", peer_address=second)
            listed = ask(control, "list", "--address", first)["connections"]
            assert [each["address"] for each in listed] == [first]
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as client:
            client.settimeout(10)
            client.connect(socket.getaddrinfo(second, 4001)[0][4])
            client.send(b"a\0a")
            assert client.recv(100) == b"a\0a"
            daemon.wait_for("connection.opened", listener="lobby1", peer_address=second)
        assert daemon.terminate() == 0


def test_an_interface_that_is_not_there(launch):
    daemon = launch(configuration([listener(address="fe80::1%lobby-none")]))
    assert daemon.wait_for("listener.failed")["address"] == "fe80::1%lobby-none"
    assert daemon.wait_for_exit() == 71


NO_NETLINK = Path(__file__).parent / "harness" / "no_netlink.py"


@pytest.mark.parametrize("address, status", [("127.255.255.255", EXIT_CONFIGURATION), ("127.0.0.1", EXIT_OK)])
def test_a_broadcast_address_is_refused_where_the_service_forbids_netlink(tmp_path, address, status):
    file = tmp_path / "broadcast.toml"
    file.write_text(configuration([listener(address=address)]))
    checked = run_to_end(Path(sys.executable), "-B", NO_NETLINK, BINARY, "--check", "--config", file, timeout=DEADLINE)
    assert checked.returncode == status, checked.stderr
    assert ("a broadcast address of this host" in checked.stderr) == (status == EXIT_CONFIGURATION)


def test_every_network_of_an_interface_has_its_broadcast_addresses(tmp_path):
    try:
        with loopback_only():
            for network in ("192.0.2.1/24 brd 192.0.2.200", "198.51.100.1/25", "203.0.113.1/31"):
                subprocess.run(["ip", "address", "add", *network.split(), "dev", "lo"], check=True)
            for number in range(1, 41):
                subprocess.run(["ip", "address", "add", f"10.0.{number}.1/24", "dev", "lo"], check=True)
            refused = {address for address in ADDRESSES if is_refused(tmp_path, address)}
    except PermissionError:
        pytest.skip("only root can make a network")
    assert refused == set(ADDRESSES[:5])


# The broadcast addresses come first.
ADDRESSES = ("192.0.2.200", "192.0.2.255", "198.51.100.127", "10.0.1.255", "10.0.40.255")
ADDRESSES += ("192.0.2.1", "198.51.100.255", "203.0.113.0", "203.0.113.1", "10.0.41.255")


def is_refused(directory: Path, address: str) -> bool:
    file = directory / "network.toml"
    file.write_text(configuration([listener(address=address)]))
    checked = run_lobbyd("--check", "--config", file)
    assert checked.returncode in (EXIT_OK, EXIT_CONFIGURATION), checked.stderr
    return "a broadcast address of this host" in checked.stderr
