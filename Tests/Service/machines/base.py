"""A minimal Debian with systemd, as a directory. debootstrap makes it once, and each machine gets a copy."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from .impossible import Impossible

REPOSITORY = Path(__file__).resolve().parents[3]
DIRECTORY = REPOSITORY / ".build" / "service-tests"
BASE = DIRECTORY / "base"
PACKAGES = "systemd,systemd-sysv,dbus,libstdc++6"
TOOLS = ("debootstrap", "systemd-nspawn", "nsenter", "ip")
# Prints the package mirrors of this system's apt. Without a result, debootstrap uses its own default.
MIRROR = ("apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)", "Created-By: Packages")
# Seconds. debootstrap takes about 35.
DEBOOTSTRAP_TIMEOUT = 240


def base() -> Path:
    """Returns the base. It has the same release as this system, because the package needs that release's libraries."""
    check_tools()
    release = codename()
    wanted = f"{release} {PACKAGES}"
    complete = DIRECTORY / "base.complete"
    if not complete.exists() or complete.read_text() != wanted:
        complete.unlink(missing_ok=True)
        shutil.rmtree(BASE, ignore_errors=True)
        DIRECTORY.mkdir(parents=True, exist_ok=True)
        debootstrap(release)
        complete.write_text(wanted)
    return BASE


def check_tools() -> None:
    if os.geteuid() != 0:
        raise Impossible("needs root")
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        raise Impossible(f"needs {', '.join(missing)}")


def codename() -> str:
    system = platform.freedesktop_os_release()
    if system.get("ID") != "debian" or "VERSION_CODENAME" not in system:
        raise Impossible("needs Debian, because the package is for Debian")
    return system["VERSION_CODENAME"]


def debootstrap(release: str) -> None:
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", release, str(BASE), *mirror(release)]
    try:
        made = subprocess.run(command, capture_output=True, text=True, timeout=DEBOOTSTRAP_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise Impossible(f"debootstrap took over {DEBOOTSTRAP_TIMEOUT} s") from None
    if made.returncode != 0:
        raise Impossible(f"debootstrap failed: {(made.stdout + made.stderr)[-300:]}")


def mirror(release: str) -> list[str]:
    listed = subprocess.run(MIRROR, capture_output=True, text=True, timeout=60, check=False).stdout.splitlines()
    found = [line.split()[1] for line in listed if line.split()[:1] == [release]]
    return found[:1]


def copy(name: str) -> Path:
    """Copies the base for a machine, which may change the copy."""
    root = DIRECTORY / name
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", base(), root], check=True, timeout=120)
    return root
