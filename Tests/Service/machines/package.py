"""The package under test, and others like it with another version."""

import os
import shutil
import subprocess
from pathlib import Path

from .base import REPOSITORY
from .machine import Machine

BUILT = REPOSITORY / ".build" / "package"


def package() -> Path:
    """What scripts/package has made; LOBBYD_PACKAGE names another."""
    if named := os.environ.get("LOBBYD_PACKAGE"):
        return Path(named).resolve()
    made = list(BUILT.glob("lobbyd_*.deb"))
    assert len(made) == 1, f"no package in {BUILT}: run scripts/package"
    return made[0]


def control(deb: Path, field: str) -> str:
    return run("dpkg-deb", "--field", deb, field).strip()


def with_version(deb: Path, version: str, directory: Path) -> Path:
    """The same package as another version."""
    tree = directory / "tree"
    run("dpkg-deb", "--raw-extract", deb, tree)
    file = tree / "DEBIAN" / "control"
    file.write_text(file.read_text().replace(f"Version: {control(deb, 'Version')}\n", f"Version: {version}\n"))
    made = directory / f"lobbyd_{version}_amd64.deb"
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, made)
    shutil.rmtree(tree)
    return made


def install(machine: Machine, deb: Path) -> str:
    """As the README says; what apt says."""
    shutil.copy(deb, machine.root / "root")
    done = machine.run("apt-get", "install", "--yes", f"/root/{deb.name}", timeout=120)
    return done.stdout + done.stderr


def run(*command: str | Path) -> str:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=True).stdout
