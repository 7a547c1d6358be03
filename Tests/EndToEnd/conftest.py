"""Fixtures: a daemon and its clients. Each fixture ends with its test."""

import os
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from harness.configuration import configuration
from harness.daemon import BINARY, Daemon
from harness.notify_socket import NotifySocket
from harness.panda_client import PandaProgram
from harness.program import Program
from harness.raw_client import RawClient
from harness.raw_udp_client import RawUDPClient


def pytest_sessionstart() -> None:
    if not os.access(BINARY, os.X_OK):
        raise pytest.UsageError(f"no lobbyd at {BINARY}: build it, or name another with LOBBYD_BINARY")


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    """Starts a daemon with a configuration text, without waiting. It must stop cleanly at the end of the test."""
    daemons: list[Daemon] = []

    def make(config: str, **options: Any) -> Daemon:
        directory = tmp_path / f"daemon-{len(daemons)}"
        directory.mkdir()
        daemons.append(Daemon.launch(config, directory, **options))
        return daemons[-1]

    yield make
    failures = []
    for daemon in daemons:
        try:
            daemon.finish()
        except AssertionError as error:
            failures.append(str(error))
    assert not failures, "\n".join(failures)


@pytest.fixture
def start(launch: Callable[..., Daemon]) -> Callable[..., Daemon]:
    """Starts a daemon with tables of a configuration and waits until it is ready."""

    def make(**tables: Any) -> Daemon:
        daemon = launch(configuration(**tables))
        daemon.wait_for("ready")
        return daemon

    return make


@pytest.fixture
def panda(launch: Callable[..., Daemon]) -> Iterator[Callable[..., PandaProgram]]:
    """Makes Panda3D programs. Their connections close before the daemon stops."""
    programs: list[PandaProgram] = []

    def make(header_size: int = 2) -> PandaProgram:
        programs.append(PandaProgram(header_size))
        return programs[-1]

    yield make
    for program in programs:
        program.close()


@pytest.fixture
def raw(launch: Callable[..., Daemon]) -> Iterator[Callable[..., RawClient]]:
    """Makes raw clients. They close before the daemon stops."""
    clients: list[RawClient] = []

    def make(port: int, **options: Any) -> RawClient:
        clients.append(RawClient(port, **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def raw_udp(launch: Callable[..., Daemon]) -> Iterator[Callable[..., RawUDPClient]]:
    """Makes raw UDP clients. They close before the daemon stops."""
    clients: list[RawUDPClient] = []

    def make(port: int, **options: Any) -> RawUDPClient:
        clients.append(RawUDPClient(port, **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def run() -> Iterator[Callable[[Program], Program]]:
    """Takes charge of a program that the test has started, and ends it with the test."""
    programs: list[Program] = []

    def keep(program: Program) -> Program:
        programs.append(program)
        return program

    yield keep
    failures = []
    for program in programs:
        try:
            program.finish()
        except AssertionError as error:
            failures.append(str(error))
    assert not failures, "\n".join(failures)


@pytest.fixture
def notify_socket(tmp_path: Path) -> Iterator[NotifySocket]:
    receiver = NotifySocket(tmp_path)
    yield receiver
    receiver.close()
