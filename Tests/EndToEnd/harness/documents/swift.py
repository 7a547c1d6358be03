"""Compiles the Swift programs of the pages against the debug build of PandaNet that scripts/test makes."""

import os
import shutil
import subprocess
from pathlib import Path

from ..daemon import REPOSITORY
from ..program import PEER
from .output import Ran

# The build of `InteropPeer` includes PandaNet: its modules, and a list of the object files.
BUILD = PEER.parent
MODULES = ("Wire", "Engine", "PandaNet")


def missing() -> str:
    """The reason why no program can be compiled; empty if programs can be compiled."""
    if not shutil.which("swiftc"):
        return "needs swiftc"
    if not (BUILD / "Modules" / "PandaNet.swiftmodule").exists():
        return f"no build of PandaNet in {BUILD}: build InteropPeer"
    return ""


def compile_program(text: str, directory: Path) -> Ran:
    """Checks a whole program in Swift 6 mode, with warnings as errors. It links no program."""
    return _swiftc(text, directory, "-typecheck")


def link_program(text: str, directory: Path, program: Path) -> Ran:
    return _swiftc(text, directory, *_objects(), "-o", str(program))


def _swiftc(text: str, directory: Path, *arguments: str) -> Ran:
    source = directory / "main.swift"
    source.write_text(text, encoding="utf-8")
    modules = ["-I", str(BUILD / "Modules"), "-Xcc", f"-fmodule-map-file={REPOSITORY}/Sources/CLinux/module.modulemap"]
    command = ["swiftc", "-swift-version", "6", "-warnings-as-errors", *modules, str(source), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=os.environ)
    return Ran(ran.returncode, (ran.stdout + ran.stderr).replace(f"{directory}/", ""))


def _objects() -> list[str]:
    """The object files of the library. The build's list omits the files of earlier builds in the same directories."""
    listed = (BUILD / "InteropPeer.product" / "Objects.LinkFileList").read_text().split()
    return [name for name in listed if Path(name.strip("'")).parent.name in {f"{module}.build" for module in MODULES}]
