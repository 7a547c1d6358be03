"""Paths that are not UTF-8. lobbyd refuses such a configuration path, because a repaired path could name another file.

The service manager's socket may have such a path.
"""

import os
import subprocess
from contextlib import closing

import pytest

from harness.configuration import configuration
from harness.daemon import BINARY, EXIT_CONFIGURATION, EXIT_OK, EXIT_USAGE, clean_environment
from harness.notify_socket import NotifySocket

# The third name is the second one, repaired by a decoder.
NAMES = (b"caf\xc3\xa9.toml", b"caf\xe9.toml", "caf\ufffd.toml".encode())


@pytest.fixture
def files(tmp_path):
    """Files with all names, among them the intended file and the file with the repaired name."""
    paths = [os.path.join(os.fsencode(tmp_path), name) for name in NAMES]
    for path in paths:
        with open(path, "w") as file:
            file.write(configuration())
    return paths


def run(*arguments: bytes, **environment: bytes) -> tuple[int, bytes]:
    result = subprocess.run(
        [str(BINARY), *arguments, "--check"],
        capture_output=True,
        timeout=20,
        check=False,
        env={os.fsencode(key): os.fsencode(value) for key, value in (clean_environment() | environment).items()},
    )
    return result.returncode, result.stdout + result.stderr


def test_a_path_in_utf_8_is_found(files):
    good, _, repaired = files
    for path in (good, repaired):
        assert run(b"--config", path) == (EXIT_OK, path + b": valid\n")
        assert run(LOBBYD_CONFIG=path) == (EXIT_OK, path + b": valid\n")


def test_an_option_that_is_not_utf_8_is_a_usage_error(files):
    for arguments in ((b"--config", files[1]), (b"--config=" + files[1],)):
        status, output = run(*arguments)
        assert status == EXIT_USAGE
        assert b"is not UTF-8" in output and b"caf\\xE9.toml" in output


def test_a_variable_that_is_not_utf_8_is_an_error_of_the_configuration(files):
    status, output = run(LOBBYD_CONFIG=files[1])
    assert status == EXIT_CONFIGURATION
    assert b"LOBBYD_CONFIG" in output and b"is not UTF-8" in output and b"caf\\xE9.toml" in output


def test_a_variable_that_an_option_overrides_does_not_matter(files):
    assert run(b"--config", files[0], LOBBYD_CONFIG=files[1]) == (EXIT_OK, files[0] + b": valid\n")


def test_the_socket_of_the_service_manager_may_have_any_path(launch, tmp_path):
    directory = tmp_path / os.fsdecode(b"caf\xe9")
    directory.mkdir()
    with closing(NotifySocket(directory)) as notify_socket:
        launch(configuration(), NOTIFY_SOCKET=notify_socket.path)
        notify_socket.wait_for("READY", "1")
