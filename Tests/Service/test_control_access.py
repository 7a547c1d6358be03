"""Who may use lobbyctl: root and the members of the group, and nobody else."""

import pytest


@pytest.fixture
def users(machine):
    for name, *groups in (["member", "--groups=lobbyd"], ["stranger"]):
        if machine.run("getent", "passwd", name, check=False).returncode:
            machine.run("useradd", *groups, name)


def test_a_stranger_can_not_reach_the_control_socket(service, users):
    service.systemctl("start")
    refused = service.lobbyctl("status", user="stranger", check=False)
    assert refused.returncode == 71
    assert "ermission denied" in refused.stderr


def test_a_member_of_the_group_can_and_is_named_in_the_log(service, users):
    service.systemctl("start")
    assert "game" in service.lobbyctl("status", user="member").stdout
    service.lobbyctl("loglevel", "debug", user="member")
    (entry,) = service.wait_for("ADMIN_COMMAND=loglevel")
    assert entry["ADMIN_UID"] == service.machine.run("id", "--user", "member").stdout.strip()


def test_root_can(service):
    service.systemctl("start")
    assert service.lobbyctl("status").returncode == 0
