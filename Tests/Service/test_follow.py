"""Following it: the journal by field, the status line, and what the catalog explains."""

from harness.waiting import wait_until

FIELDS = ["PEER_ADDRESS", "PEER_PORT", "LISTENER", "CLOSE_REASON", "BYTES_IN", "BYTES_OUT", "DATAGRAMS_IN", "DATAGRAMS_OUT"]


def test_the_journal_finds_a_connection_by_its_id(service, raw):
    service.configure(level='"debug"')
    service.systemctl("start")
    client = raw()
    client.send(b"\x01hello")
    client.wait_for(1)
    port = client.port
    client.close()
    wait_until("the end of the connection", lambda: len(service.journal("CONNECTION_ID=1")) == 2)

    opened, closed = service.journal("CONNECTION_ID=1")
    assert opened["MESSAGE"].startswith("connection.opened") and closed["MESSAGE"].startswith("connection.closed")
    facts = ["::ffff:127.0.0.1", str(port), "game", "peerClosed", "8", "8", "1", "1"]
    assert [closed[field].removeprefix("::ffff:") for field in FIELDS] == [facts[0].removeprefix("::ffff:"), *facts[1:]]
    assert int(closed["DURATION_USEC"]) > 0
    for entry in (opened, closed):
        assert (entry["SYSLOG_IDENTIFIER"], entry["PRIORITY"], entry["_SYSTEMD_UNIT"]) == ("lobbyd", "7", "lobbyd.service")
        assert all(entry[field] for field in ("MESSAGE_ID", "CODE_FILE", "CODE_LINE", "CODE_FUNC", "LOGGER"))


def test_the_journal_explains_its_entries(service):
    service.systemctl("start")
    explained = service.machine.run("journalctl", "--unit=lobbyd", "--catalog", "--lines=10").stdout
    assert "Port 9099 is open: listener game" in explained


def test_the_status_is_that_of_now(service, raw):
    def status() -> str:
        return service.machine.run("systemctl", "status", "lobbyd").stdout

    service.systemctl("start")
    assert 'Status: "0 connections on 1 listener"' in status()
    raw(), raw()
    wait_until("two connections in the status", lambda: 'Status: "2 connections on 1 listener"' in status())


def test_lobbyctl_sees_what_is_connected(service, raw):
    service.systemctl("start")
    client = raw()
    client.send(b"\x01hello")
    client.wait_for(1)
    listed = service.lobbyctl("list").stdout
    assert "game" in listed and "127.0.0.1" in listed
    assert service.lobbyctl("kick", "1", "--reason", "a test").returncode == 0
    assert client.wait_for_end() == "closed"
