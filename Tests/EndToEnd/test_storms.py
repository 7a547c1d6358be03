"""A storm of one event logs ten lines per second and a count of the others, even if no later event follows."""

from harness.waiting import wait_until

STORM = 200


def test_what_a_storm_left_out_is_told_when_it_is_over(start, raw):
    daemon = start(limits={"connections_per_address": 1}, relay={"default": "echo"})
    first = raw(daemon.port())
    first.send(b"in")
    first.wait_for(1)
    for _ in range(STORM):
        raw(daemon.port()).wait_for_end()

    def lines_told() -> int:
        lines = daemon.logged("connection.refused")
        counts = [*lines, *daemon.logged("log.suppressed", event="connection.refused", level="notice")]
        return len(lines) + sum(event.number("suppressed") for event in counts if "suppressed" in event.fields)

    wait_until("every refusal to be logged or counted", lambda: lines_told() == STORM)
    assert daemon.logged("log.suppressed")
    assert len(daemon.logged("connection.refused")) < STORM / 2
