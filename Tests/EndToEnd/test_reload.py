"""SIGHUP: lobbyd applies the file again and closes no connection. An invalid file changes no setting."""

import signal
import socket

import pytest

from harness.configuration import barrier_route, configuration, listener
from harness.daemon import PROBLEMS_LOGGED_MAX
from harness.raw_client import RawClient, free_port
from harness.raw_udp_client import udp_datagram
from harness.waiting import DEADLINE

ECHO, DROP = {"default": "echo"}, {"default": "drop"}


def reloaded(daemon, config: str) -> dict:
    """Reloads `config`. Returns the fields of `reload.applied`."""
    (event,) = daemon.reload(config)
    assert event.message == "reload.applied", event.fields
    return event.fields


def rejected(daemon, config: str) -> list:
    events = daemon.reload(config)
    assert {event.message for event in events} == {"reload.rejected"}, [event.fields for event in events]
    return events


def test_routes_and_defaults_change_under_a_connection(start, panda):
    daemon = start(listeners=[listener(port=free_port())], relay=DROP, routes=[barrier_route()])
    program = panda()
    client, other = program.connect_many(daemon.port(), 2)
    listeners = [listener(port=daemon.port())]
    client.send(b"\x01dropped")
    assert client.barrier() == []

    fields = reloaded(
        daemon,
        configuration(
            listeners,
            [barrier_route(), {"types": [1], "handler": "echo"}],
            relay={"default": "broadcast", "include_sender": False},
        ),
    )
    assert fields["changed.relay.default"] == '"broadcast", was "drop"'
    assert fields["changed.relay.include_sender"] == "false, was true"
    assert fields["changed.route"] == "2, was 1"
    assert fields["signal"] == "SIGHUP"
    client.send(b"\x01echoed")
    client.send(b"\x02broadcast")
    assert client.barrier() == [b"\x01echoed"]
    assert other.take(1) == [b"\x02broadcast"]

    reloaded(daemon, configuration(listeners, relay={"message_type": "none", "default": "echo"}))
    client.send(b"\x02echoed")
    assert client.take(1) == [b"\x02echoed"]
    assert not daemon.logged("connection.closed")


def test_a_bad_file_changes_nothing_and_names_every_line_and_column(start, panda):
    daemon = start(relay=ECHO)
    client = panda().connect(daemon.port())
    bad = '[relay]\ndefault = "drop"\ndefualt = 1\n\n[limits]\nconnections = "many"\n\n[server]\ndrain = 5\n'

    events = rejected(daemon, bad)

    assert [(event["config_line"], event["config_column"]) for event in events] == [(3, 1), (6, 15), (9, 9)]
    assert all(event["config_file"] == str(daemon.file) and event["level"] == "error" for event in events)
    assert "defualt" in events[0]["reason"] and "limits.connections" in events[1]["reason"]
    client.send(b"old rules")
    assert client.take(1) == [b"old rules"]
    assert rejected(daemon, "[relay\n")[0]["config_line"] == 1
    daemon.file.unlink()
    daemon.send_signal(signal.SIGHUP)
    missing = daemon.wait_for("reload.rejected", reason="no such file")
    assert missing["config_file"] == str(daemon.file)
    client.send(b"still the old rules")
    assert client.take(1) == [b"still the old rules"]
    reloaded(daemon, configuration(relay=DROP))


def test_of_many_problems_the_log_has_the_first_and_the_number_of_the_others(start):
    daemon = start()
    file = "".join(f"wrong_{number} = 1\n" for number in range(PROBLEMS_LOGGED_MAX + 32))
    events = rejected(daemon, file)
    assert [event["problem"] for event in events] == [
        *(f"{number} of 42" for number in range(1, PROBLEMS_LOGGED_MAX + 1)),
        "11 to 42 of 42",
    ]
    assert events[-1]["reason"].startswith("32 more problems")


def test_a_listener_is_added_renamed_and_removed(start, panda, raw):
    first, second = listener(port=free_port()), listener(name="second", port=free_port(), header_size=4)
    daemon = start(listeners=[first], relay={"default": "broadcast"}, routes=[barrier_route()])
    old = panda().connect_many(first["port"], 1)[0]

    fields = reloaded(daemon, configuration([first, second], [barrier_route()]))
    assert fields["changed.listener.second"] == f"added, tcp 127.0.0.1 port {second['port']}"
    assert daemon.port("second") == second["port"]
    new = panda(4).connect_many(second["port"], 1)[0]
    old.send(b"to both")
    assert new.take(1) == [b"to both"] == old.take(1)

    renamed = {**first, "name": "renamed", "header_size": 4, "backlog": 7}
    fields = reloaded(daemon, configuration([renamed], [barrier_route()]))
    assert fields["changed.listener.second"].startswith("removed")
    assert fields["changed.listener.renamed.name"] == '"renamed", was "game"'
    assert fields["changed.listener.renamed.header_size"] == "4, was 2"
    with pytest.raises(ConnectionRefusedError):
        RawClient(second["port"])
    third = panda(4).connect_many(first["port"], 1)[0]
    daemon.wait_for("connection.opened", listener="renamed")
    new.send(b"from a connection whose listener is gone")
    for client in (old, new, third):
        assert client.take(1) == [b"from a connection whose listener is gone"]
    assert not daemon.logged("connection.closed")


def test_a_listener_moves_to_another_port(start, panda):
    before, after = listener(port=free_port()), listener(port=free_port())
    daemon = start(listeners=[before], relay=ECHO)
    old = panda().connect(before["port"])
    old.barrier()

    fields = reloaded(daemon, configuration([after], relay=ECHO))

    assert fields["changed.listener.game"].startswith(f"tcp 127.0.0.1 port {after['port']}, was tcp 127.0.0.1 port ")
    with pytest.raises(ConnectionRefusedError):
        RawClient(before["port"])
    new = panda().connect(after["port"])
    for client in (old, new):
        client.send(b"served")
        assert client.take(1) == [b"served"]


def test_a_port_that_cannot_be_opened_rejects_all_of_it(start, panda):
    kept, added = listener(port=free_port()), listener(name="added", port=free_port())
    daemon = start(listeners=[kept], relay=ECHO)
    client = panda().connect(kept["port"])
    client.barrier()

    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        listeners = [added, listener(name="taken", port=port)]
        (event,) = rejected(daemon, configuration(listeners, relay=DROP, limits={"connections": 1}))

    assert f"127.0.0.1:{port}" in event["reason"] and "Address already in use" in event["reason"]
    with pytest.raises(ConnectionRefusedError):
        RawClient(added["port"])
    client.send(b"old rules")
    assert client.take(1) == [b"old rules"]
    panda().connect(kept["port"]).barrier()


def test_what_needs_a_restart_is_named_and_stays(start, panda):
    port = free_port()
    daemon = start(listeners=[listener(port=port)], relay=ECHO, server={"event_loops": 1})
    other = configuration(
        [listener(port=port)], relay=ECHO, server={"event_loops": 2}, log={"format": "text"}
    )

    assert reloaded(daemon, other)["changes"] == 0

    warning = daemon.wait_for("reload.needs_restart", level="warning")
    assert warning["unchanged.server.event_loops"] == "2, was 1"
    client = panda().connect(port)
    client.barrier()
    reloaded(daemon, other)
    daemon.wait_for("reload.needs_restart", count=2)


def test_limits_change_under_connections(start, panda, raw):
    keys = {"listeners": [listener(port=free_port())], "relay": ECHO}
    daemon = start(**keys, limits={"connections": 2})
    program = panda()
    clients = program.connect_many(daemon.port(), 2)
    waiting = raw(daemon.port())
    waiting.send(b"waited")
    daemon.wait_for("limit.reached", connections=2)
    assert not waiting.poll()

    reloaded(daemon, configuration(**keys, limits={"connections": 4, "datagram_bytes": 100}))
    assert waiting.wait_for(1) == [b"waited"]
    third = program.connect_many(daemon.port(), 1)[0]
    for client in (*clients, third):
        client.send(b"x" * 100)
        assert client.take(1) == [b"x" * 100]
    clients[0].send(b"x" * 101)
    daemon.wait_for("connection.closed", close_reason="oversizedDatagram")

    reloaded(daemon, configuration(**keys, limits={"connections": 1}))
    late = raw(daemon.port())
    late.send(b"too many")
    for client in (clients[1], third):
        client.send(b"x" * 65_535)
        assert client.take(1) == [b"x" * 65_535], "this older connection is over the new limit, but must stay"
    assert not late.poll()


def test_the_bound_of_what_waits_changes_under_a_connection(start, panda, raw):
    """A connection that does not read holds more than the new limit. The next datagram closes it."""
    keys = {"listeners": [listener(port=free_port())], "routes": [barrier_route()]}
    daemon = start(**keys, limits={"pending_bytes": 0})
    sender = panda().connect_many(daemon.port(), 1)[0]
    stuck = raw(daemon.port(), receive_buffer_bytes=4096)
    stuck.send(b"\xffhello")
    stuck.wait_for(1)
    for _ in range(200):
        sender.send(bytes(60_000))
    sender.take(200)
    assert not daemon.logged("connection.closed")

    reloaded(daemon, configuration(**keys, limits={"pending_bytes": 70_000}))
    assert not daemon.logged("connection.closed")
    sender.send(b"one more")
    daemon.wait_for("connection.closed", close_reason="slowConsumer")


def test_the_log_level_changes_unless_the_command_line_says_it(launch, panda):
    port = free_port()
    file = configuration([listener(port=port)], relay=ECHO)
    daemon = launch(file, arguments=())
    daemon.wait_for("ready")
    panda().connect(port).barrier()
    reloaded(daemon, file + '[log]\nlevel = "debug"\n')
    panda().connect(port).barrier()
    daemon.wait_for("connection.opened")
    assert len(daemon.logged("connection.opened")) == 1
    reloaded(daemon, file + '[log]\nlevel = "critical"\n')
    assert daemon.terminate() == 0
    assert not daemon.logged("shutdown.started")

    loud = launch(file, arguments=("--log-level", "debug"))
    loud.wait_for("ready")
    assert reloaded(loud, file + '[log]\nlevel = "critical"\n')["changes"] == 0
    panda().connect(port).barrier()
    loud.wait_for("connection.opened")


def test_drain_changes(start, raw):
    """A client that does not read delays a stop until the end of the new drain."""
    keys = {"listeners": [listener(port=free_port())], "relay": ECHO, "limits": {"pending_bytes": 0}}
    daemon = start(**keys, server={"drain": "60s"})
    stuck = raw(daemon.port(), receive_buffer_bytes=4096)
    for _ in range(100):
        stuck.send(bytes(60_000))
    reloaded(daemon, configuration(**keys, server={"drain": "0s"}))
    assert daemon.terminate(timeout=10) == 0


def test_udp_settings_change(start, panda):
    keys = {"listeners": [listener(name="udp", transport="udp", port=free_port())], "routes": [barrier_route()]}
    daemon = start(**keys)
    program = panda()
    clients = [program.open_udp(daemon.port("udp")) for _ in range(2)]
    for client in clients:
        client.barrier()
    clients[0].send(b"unproven")
    assert clients[0].take(1) == [b"unproven"] and clients[1].barrier() == []

    reloaded(daemon, configuration(**keys, limits={"udp_proof": "none", "datagram_bytes": 100}))
    clients[0].send(b"x" * 101)
    clients[0].send(b"to all")
    assert clients[1].take(1) == [b"to all"] == clients[0].take(1)

    reloaded(daemon, configuration(**keys, limits={"idle_timeout": "200ms"}))
    daemon.wait_for("connection.closed", count=2, close_reason="idleTimeout")


def test_a_udp_listener_that_is_removed_keeps_its_connections_and_can_come_back(start, panda):
    tcp = listener(name="tcp", port=free_port())
    udp = listener(name="udp", transport="udp", port=free_port())
    daemon = start(listeners=[tcp, udp], relay=ECHO)
    program = panda()
    old, new = program.open_udp(udp["port"]), program.open_udp(udp["port"])
    old.barrier()

    reloaded(daemon, configuration([tcp], relay=ECHO))
    new.send(b"to nobody")
    assert old.barrier() == []

    reloaded(daemon, configuration([tcp, udp], relay=ECHO))
    new.barrier()
    old.barrier()
    assert len(daemon.logged("connection.opened")) == 2
    assert not daemon.logged("connection.closed")


def test_the_port_of_a_removed_udp_listener_is_free_for_a_client(start):
    """lobbyd ignores datagrams from its own ports, because the answers could loop. A removed port is no longer one."""
    kept = listener(name="kept", transport="udp", port=free_port())
    removed = listener(name="removed", transport="udp", port=free_port())
    daemon = start(listeners=[kept, removed], relay=ECHO)
    reloaded(daemon, configuration([kept], relay=ECHO))
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.settimeout(DEADLINE)
        client.bind(("127.0.0.1", removed["port"]))
        client.sendto(udp_datagram(b"served"), ("127.0.0.1", kept["port"]))
        assert client.recv(100) == udp_datagram(b"served")


def test_a_removed_udp_listener_in_the_way_of_another_one_is_named(start, panda):
    tcp = listener(name="tcp", port=free_port())
    voice = listener(name="voice", transport="udp", port=free_port())
    daemon = start(listeners=[tcp, voice], relay=ECHO)
    client = panda().open_udp(voice["port"])
    client.barrier()
    reloaded(daemon, configuration([tcp], relay=ECHO))

    (event,) = rejected(daemon, configuration([tcp, {**voice, "name": "wide", "address": "*"}], relay=ECHO))
    assert event["reason"].endswith(
        'Address already in use; the removed listener "voice" keeps the port until its connections close'
    )
    client.barrier()


def test_a_file_that_was_replaced_is_read(start, tmp_path):
    """Editors replace a file like this: a new file takes the name of the old one."""
    daemon = start(relay=ECHO)
    replacement = tmp_path / "new.toml"
    replacement.write_text(configuration(relay=DROP))
    replacement.rename(daemon.file)
    daemon.send_signal(signal.SIGHUP)
    assert daemon.wait_for("reload.applied")["changed.relay.default"] == '"drop", was "echo"'
