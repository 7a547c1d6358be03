"""A configuration in which strangers could take every slot over UDP is valid, but the log warns."""

import pytest

from harness.configuration import configuration, listener

BOTH = [listener(name="two"), listener(name="udp", transport="udp")]


@pytest.mark.parametrize("unproven, told", [(100, "100"), (0, "no limit")])
def test_it_warns_at_the_start(start, unproven, told):
    daemon = start(listeners=BOTH, limits={"connections": 100, "udp_unproven_connections": unproven})
    warning = daemon.wait_for("limit.unproven")
    assert (warning["level"], warning["udp_unproven_connections"], warning["connections"]) == ("warning", told, "100")


def test_it_warns_when_a_reload_makes_it_so_and_not_again(start):
    daemon = start(listeners=BOTH, limits={"connections": 100, "udp_unproven_connections": 99})
    assert not daemon.logged("limit.unproven")
    for level in ("info", "debug"):
        text = configuration(BOTH, limits={"connections": 50, "udp_unproven_connections": 99}, log={"level": level})
        outcome = daemon.reload(text)[0]
        assert outcome.message == "reload.applied", outcome.fields
    assert daemon.terminate() == 0
    assert len(daemon.logged("limit.unproven")) == 1
