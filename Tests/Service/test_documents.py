"""Runs the blocks of the documents with `run: service`, on a machine with the package."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.documents import shell
from harness.documents.check import verify
from harness.documents.idle_clients import IdleClients, ids_in
from harness.documents.output import Ran
from harness.documents.pages import read_pages, tracked_files
from harness.documents.runners import expected_output, runner_of
from harness.waiting import wait_until

from machines.base import REPOSITORY
from machines.service import PORT, UNITS

PAGES = read_pages(REPOSITORY)
# The commands run in a copy of the checkout, which also has the package.
CHECKOUT = "root/checkout"
TIMEOUT = 120


def blocks(page, kind):
    return [block for block in page.blocks if runner_of(block) == kind]


@pytest.fixture(scope="module")
def checkout(machine, deb) -> Path:
    """A checkout after a run of scripts/package. The package is also in the top directory, as if copied to a server."""
    root = machine.root / CHECKOUT
    for name in tracked_files(REPOSITORY):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, root / name, follow_symlinks=False)
    package = root / ".build" / "package" / deb.name
    package.parent.mkdir(parents=True)
    shutil.copy(deb, package)
    shutil.copy(deb, root / deb.name)
    (root / "scripts" / "package").write_text(f"#!/bin/sh\necho /{CHECKOUT}/.build/package/{deb.name}\n")
    return root


@pytest.fixture
def fresh(service, checkout):
    """The service in the state after the installation. Afterwards, the changes of a page to the units are undone."""
    yield service
    service.machine.run("systemctl", "disable", "--now", *UNITS)
    for unit in UNITS:
        shutil.rmtree(service.machine.root / "etc" / "systemd" / "system" / f"{unit}.d", ignore_errors=True)
        (service.machine.root / "etc" / "systemd" / "system" / unit).unlink(missing_ok=True)
    service.machine.run("systemctl", "daemon-reload")


def run(service, text: str) -> Ran:
    """Runs a block as root in the checkout, beside the running service and its idle clients."""
    service.machine.run("systemctl", "reset-failed", *UNITS, check=False)
    service.systemctl("restart")
    count = ids_in(text)
    clients = IdleClients(PORT, count)
    wait_until("the idle clients", lambda: connections(service) >= count)
    script = f"cd /{CHECKOUT}\nexport CHECKER=/run/checker EDITOR=true PAGER=cat\n{shell.prepare(text)}"
    try:
        ran = service.machine.run("bash", "-e", "-c", script, check=False, timeout=TIMEOUT)
    finally:
        clients.close()
    return Ran(ran.returncode, ran.stdout + ran.stderr)


def connections(service) -> int:
    return int(json.loads(service.lobbyctl("--json", "stats").stdout)["connections_open"])


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in PAGES if blocks(page, "service")])
def test_the_commands_of_a_page(page, fresh):
    faults = [fault for block in blocks(page, "service") for fault in verify(page, block, run(fresh, block.text))]
    assert not faults, "\n" + "\n".join(faults)


def test_the_first_client_of_the_documents_gets_its_datagram(service):
    """The first Panda3D program with an output block runs as a process of its own."""
    clients = [(page, block) for page in PAGES for block in blocks(page, "client")]
    page, block = next((page, block) for page, block in clients if expected_output(page, block))
    service.systemctl("start")
    ran = subprocess.run([sys.executable, "-c", block.text], capture_output=True, text=True, timeout=20, check=False)
    assert not verify(page, block, Ran(ran.returncode, ran.stdout + ran.stderr))
