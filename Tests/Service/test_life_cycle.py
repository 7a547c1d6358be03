"""The package's life on one machine, in order: upgrades, removal, purge."""

from pathlib import Path

import pytest

from harness.raw_client import RawClient

from machines.package import control, install, with_version
from machines.service import PORT, SHIPPED, Service


@pytest.fixture(scope="module")
def installed(boot, deb) -> Service:
    machine = boot("life-cycle")
    install(machine, deb)
    return Service(machine)


def newer(deb: Path, number: int, directory: Path) -> Path:
    return with_version(deb, f"{control(deb, 'Version')}+{number}", directory)


def test_an_upgrade_starts_nothing_that_did_not_run(installed, deb, tmp_path):
    install(installed.machine, newer(deb, 1, tmp_path))
    assert installed.show("ActiveState") == "inactive"


def test_an_upgrade_restarts_once_and_keeps_the_operators_file(installed, deb, tmp_path):
    installed.configure(level='"debug"')
    for unit in ("lobbyd.socket", "lobbyd"):  # in this order: a running lobbyd would already have the port
        installed.machine.run("systemctl", "enable", "--now", unit)
    before = installed.show("MainPID")
    edited = installed.file.read_text()
    with installed.machine.network():
        client = RawClient(PORT)
    client.send(b"\x01hello")
    client.wait_for(1)

    install(installed.machine, newer(deb, 2, tmp_path))

    assert client.wait_for_end() == "closed"
    assert installed.is_running() and installed.show("MainPID") != before
    started = installed.machine.run(
        "journalctl", "--unit=lobbyd", "--output=cat", "MESSAGE_ID=7d9553a3d18f43778595b5c2eed6a807"
    ).stdout.splitlines()
    assert len(started) == 2
    assert installed.file.read_text() == edited


def test_an_upgrade_leaves_alone_what_could_not_start_again(installed, deb, tmp_path):
    before = installed.show("MainPID")
    installed.configure(port="90990")

    said = install(installed.machine, newer(deb, 3, tmp_path))

    assert "/etc/lobbyd/lobbyd.toml:" in said and "warning: not restarted" in said
    assert installed.is_running() and installed.show("MainPID") == before
    with installed.machine.network():
        client = RawClient(PORT)
    client.send(b"\x01hello")
    assert client.wait_for(1) == [b"\x01hello"]
    client.close()


def test_removal_stops_it_and_keeps_the_configuration(installed):
    installed.configure()
    installed.machine.run("apt-get", "remove", "--yes", "lobbyd")
    assert not installed.is_running()
    assert installed.machine.run("systemctl", "is-active", "lobbyd.socket", check=False).stdout.strip() == "inactive"
    assert installed.file.read_text() == SHIPPED
    assert not (installed.machine.root / "usr/sbin/lobbyd").exists()


def test_purge_leaves_nothing(installed):
    (installed.machine.root / "var/lib/lobbyd").mkdir(exist_ok=True)
    installed.machine.run("apt-get", "purge", "--yes", "lobbyd")
    # The logs stay.
    places = ("/etc", "/run", "/tmp", "/usr", "/var")
    left = installed.machine.run("find", *places, "-name", "*lobbyd*", "-not", "-path", "*/log/*").stdout
    assert left == ""
    state = installed.machine.run("systemctl", "show", "lobbyd", "--property=LoadState", "--value").stdout.strip()
    assert state == "not-found"
