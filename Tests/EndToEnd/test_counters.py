"""Every counter has the same name in lobbyctl stats, in shutdown.finished and in docs/protocol.md."""

import os
import re
import resource

from harness.control import ask
from harness.daemon import REPOSITORY
from harness.waiting import wait_until

# The keys of every line of the log, and the other keys of shutdown.finished.
LOG_KEYS = {"level", "logger", "message", "timestamp"}
SUMS = {"connections", "connections_refused", "duration_usec"}


def test_stats_and_shutdown_finished_have_the_same_counters(start, tmp_path, raw):
    path = tmp_path / "c.sock"
    daemon = start(relay={"default": "echo"}, control={"socket": str(path)})
    client = raw(daemon.port())
    client.send(b"\x01hello")
    client.wait_for(1)
    client.close()
    daemon.wait_for("connection.closed")
    stats = ask(path, "stats")
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert set(finished.fields) - LOG_KEYS - SUMS == set(stats)
    # Between the two, only the control connection has closed.
    assert {key: finished.number(key) for key in stats if key != "control_connections"} == {
        key: value for key, value in stats.items() if key != "control_connections"
    }
    assert (stats["ended_peer_closed"], stats["control_requests"], stats["bytes_in"]) == (1, 1, 8)
    assert finished.number("connections") == stats["connections_opened"]


def test_the_protocol_page_lists_every_counter_and_no_other(start, tmp_path):
    path = tmp_path / "c.sock"
    start(control={"socket": str(path)})
    page = (REPOSITORY / "docs" / "protocol.md").read_text()
    part = page.partition("<!-- generated: counters -->")[2].partition("<!-- end of counters -->")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", part, re.MULTILINE) == list(ask(path, "stats"))


def test_running_out_of_descriptors_is_counted(start, tmp_path, raw):
    path = tmp_path / "c.sock"
    daemon = start(relay={"default": "echo"}, control={"socket": str(path)})
    pid = daemon.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + 3, before[1]))
    clients = [raw(daemon.port()) for _ in range(30)]
    daemon.wait_for("listener.exhausted")
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    for client in clients:
        client.send(b"in")
    wait_until("all clients to be served", lambda: all(client.frames for client in clients), *clients)
    assert ask(path, "stats")["listeners_exhausted"] >= 1


def test_lines_that_were_left_out_are_counted(start, tmp_path, raw):
    path = tmp_path / "c.sock"
    daemon = start(limits={"connections_per_address": 1}, control={"socket": str(path)})
    raw(daemon.port())
    for _ in range(100):
        raw(daemon.port()).wait_for_end()
    stats = ask(path, "stats")
    assert stats["refused_address_limit"] == 100
    assert 0 < stats["log_suppressed"] <= 90
    assert stats["log_dropped"] == 0
