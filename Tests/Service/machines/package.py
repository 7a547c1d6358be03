"""The package under test, and copies of it with other versions."""

import os
import shutil
import subprocess
from pathlib import Path

from .base import REPOSITORY
from .machine import Machine

BUILT = REPOSITORY / ".build" / "package"


def package() -> Path:
    """Returns the package that LOBBYD_PACKAGE names, or else the result of scripts/package."""
    if named := os.environ.get("LOBBYD_PACKAGE"):
        return Path(named).resolve()
    made = list(BUILT.glob("lobbyd_*.deb"))
    assert len(made) == 1, f"not exactly one package in {BUILT}: run scripts/package"
    return made[0]


def control(deb: Path, field: str) -> str:
    return run("dpkg-deb", "--field", deb, field).strip()


def with_version(deb: Path, version: str, directory: Path) -> Path:
    """Makes a copy of the package with another version."""
    tree = directory / "tree"
    run("dpkg-deb", "--raw-extract", deb, tree)
    file = tree / "DEBIAN" / "control"
    file.write_text(file.read_text().replace(f"Version: {control(deb, 'Version')}\n", f"Version: {version}\n"))
    made = directory / f"lobbyd_{version}_amd64.deb"
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, made)
    shutil.rmtree(tree)
    return made


def install(machine: Machine, deb: Path) -> str:
    """Installs the package like an operator. Returns apt's output."""
    shutil.copy(deb, machine.root / "root")
    done = machine.run("apt-get", "install", "--yes", f"/root/{deb.name}", timeout=120)
    return done.stdout + done.stderr


def run(*command: str | Path) -> str:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=True).stdout
