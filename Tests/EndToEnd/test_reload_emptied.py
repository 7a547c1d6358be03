"""A file emptied by mistake: a reload would open the default port to everyone, so lobbyd rejects it."""

import pytest

from harness.configuration import configuration, listener
from harness.control import lobbyctl

KEYLESS = {"empty": "", "comments": "# port = 1\n\n", "tables": "[access]\n[[listener]]\n[limits]\n"}
REASON = "sets no key, but the configuration in force does; restore the file, or restart lobbyd to use the defaults"


@pytest.mark.parametrize("text", KEYLESS.values(), ids=KEYLESS.keys())
def test_a_file_without_any_key_is_rejected(launch, tmp_path, raw, text):
    path = tmp_path / "c.sock"
    config = configuration([listener()], relay={"default": "echo"}, control={"socket": str(path)})
    daemon = launch(config)
    daemon.wait_for("ready")
    daemon.file.write_text(text)

    result = lobbyctl(path, "reload")

    assert result.returncode == 1
    assert f"{daemon.file}: {REASON}" in result.stderr + result.stdout
    assert daemon.wait_for("reload.rejected", reason=REASON)["config_file"] == str(daemon.file)
    assert len(daemon.logged("listener.bound")) == 1
    client = raw(daemon.port())
    client.send(b"old rules")
    assert client.wait_for(1) == [b"old rules"]

    (event,) = daemon.reload(config + "# one key is enough\n")
    assert event.message == "reload.applied"


def test_a_file_without_any_key_is_taken_where_there_was_none_before(launch):
    """Starts with the defaults in a separate network, because the default port may be in use here."""
    daemon = launch("", prefix=("unshare", "--net"))
    daemon.wait_for("ready")
    (event,) = daemon.reload("# still none\n")
    assert event.message == "reload.applied"
