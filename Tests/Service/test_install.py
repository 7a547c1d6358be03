"""The package after its installation: every file is in its place, and no service runs."""

import re

from machines.service import SHIPPED

FILES = {
    "usr/sbin/lobbyd": 0o755,
    "usr/bin/lobbyctl": 0o755,
    "usr/libexec/lobbyd/swift-backtrace-static": 0o755,
    "etc/lobbyd/lobbyd.toml": 0o644,
    "lib/systemd/system/lobbyd.service": 0o644,
    "lib/systemd/system/lobbyd.socket": 0o644,
    "lib/systemd/system/lobbyd-udp.socket": 0o644,
    "usr/lib/sysusers.d/lobbyd.conf": 0o644,
    "usr/share/bash-completion/completions/lobbyctl": 0o644,
    "usr/share/zsh/vendor-completions/_lobbyctl": 0o644,
    "usr/share/fish/vendor_completions.d/lobbyctl.fish": 0o644,
}


def test_every_file_is_there(service):
    root = service.machine.root
    assert {name: (root / name).stat().st_mode & 0o777 for name in FILES} == FILES
    assert (root / "etc/lobbyd/lobbyd.toml").read_text() == SHIPPED


def test_the_user_exists_and_can_not_log_in(service):
    assert "/usr/sbin/nologin" in service.machine.run("getent", "passwd", "lobbyd").stdout


def test_nothing_is_started_or_enabled(service):
    units = ("lobbyd", "lobbyd.socket", "lobbyd-udp.socket")
    enabled = service.machine.run("systemctl", "is-enabled", *units, check=False)
    assert enabled.stdout.split() == ["disabled"] * 3
    assert service.show("ActiveState") == "inactive"


def test_the_service_is_as_closed_as_it_is_meant_to_be(service):
    rated = service.machine.run("systemd-analyze", "security", "--no-pager", "lobbyd").stdout
    exposure = re.search(r"Overall exposure level for lobbyd.service: ([\d.]+)", rated)
    assert exposure and float(exposure[1]) <= 1.2, rated[-200:]


def test_the_programs_are_of_the_packages_version(service):
    version = service.machine.run("dpkg-query", "--show", "--showformat=${Version}", "lobbyd").stdout
    assert service.machine.run("lobbyd", "--version").stdout.strip() == version
    assert service.machine.run("lobbyctl", "--version").stdout.strip() == version
