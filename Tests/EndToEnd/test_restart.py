"""A restarted lobbyd serves on the same port at once, although old connections remain in TIME_WAIT."""

from harness.configuration import configuration, listener
from harness.panda_client import all_ended
from harness.waiting import wait_until


def test_a_restart_on_the_same_port(start, launch, panda):
    first = start(relay={"default": "echo"})
    port = first.port()
    program = panda()
    clients = program.connect_many(port, 5)
    assert first.terminate() == 0
    wait_until("the resets", lambda: all_ended(clients), program)

    second = launch(configuration(listeners=[listener(port=port)], relay={"default": "echo"}))
    second.wait_for("ready")
    client = program.connect(port)
    client.send(b"again")
    assert client.take(1) == [b"again"]
