"""Fixtures: machines with a real systemd, and the service on one of them."""

import sys
from pathlib import Path
from typing import Callable, Iterator

import pytest

# The clients and the waiting functions come from the end-to-end tests.
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "EndToEnd"))

from harness.panda_client import PandaProgram  # noqa: E402
from harness.raw_client import RawClient  # noqa: E402

from machines.impossible import Impossible  # noqa: E402
from machines.machine import Machine  # noqa: E402
from machines.package import install, package  # noqa: E402
from machines.service import PORT, Service  # noqa: E402


@pytest.fixture(scope="session")
def deb() -> Path:
    return package()


@pytest.fixture(scope="session")
def boot() -> Iterator[Callable[[str], Machine]]:
    """Boots a machine with this name, without the package. All machines stop after the last test."""
    machines: list[Machine] = []
    reasons: list[str] = []

    def make(name: str) -> Machine:
        try:
            if not reasons:
                machines.append(Machine(name))
        except Impossible as impossible:
            reasons.append(str(impossible))
        if reasons:  # another machine would take as long to fail
            pytest.skip(f"NOT TESTED, no real systemd here: {reasons[0]}")
        return machines[-1]

    yield make
    for machine in machines:
        machine.stop()


@pytest.fixture(scope="session")
def machine(boot: Callable[[str], Machine], deb: Path) -> Machine:
    """A machine with the package installed."""
    made = boot("service")
    install(made, deb)
    return made


@pytest.fixture
def service(machine: Machine) -> Iterator[Service]:
    """The service in its state after the installation. The test's clients are in the machine's network."""
    fresh = Service(machine)
    fresh.reset()
    with machine.network():
        yield fresh
    fresh.reset()


@pytest.fixture
def panda(service: Service) -> Iterator[PandaProgram]:
    program = PandaProgram()
    yield program
    program.close()


@pytest.fixture
def raw(service: Service) -> Iterator[Callable[[], RawClient]]:
    """Makes clients of the service on bare sockets."""
    clients: list[RawClient] = []

    def make() -> RawClient:
        clients.append(RawClient(PORT))
        return clients[-1]

    yield make
    for client in clients:
        client.close()
