"""A network with loopback only. Datagrams to any other address have no route, and cannot leave the machine."""

import ctypes
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

_NEW_NETWORK = 0x4000_0000
_LIBC = ctypes.CDLL(None, use_errno=True)
_MINE = "/proc/thread-self/ns/net"


@contextmanager
def loopback_only() -> Iterator[None]:
    """Within the block, this thread's new sockets and programs are in such a network.

    Raises PermissionError without root, and possibly also as root in a container.
    """
    home = os.open(_MINE, os.O_RDONLY)
    try:
        _check(_LIBC.unshare(_NEW_NETWORK))
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            # The kernel must accept a source address to which no route leads.
            for interface in ("all", "lo"):
                _set(Path(f"/proc/sys/net/ipv4/conf/{interface}/rp_filter"), "0")
            yield
        finally:
            _check(_LIBC.setns(home, _NEW_NETWORK))
    finally:
        os.close(home)


@contextmanager
def enter(network: int) -> Iterator[None]:
    """Within the block, this thread's new sockets are in the network with this descriptor."""
    home = os.open(_MINE, os.O_RDONLY)
    try:
        _check(_LIBC.setns(network, _NEW_NETWORK))
        try:
            yield
        finally:
            _check(_LIBC.setns(home, _NEW_NETWORK))
    finally:
        os.close(home)


def _set(setting: Path, value: str) -> None:
    """Sets a kernel setting. A container may have it read-only, but usually with the wanted value."""
    if setting.read_text().strip() == value:
        return
    try:
        setting.write_text(value)
    except OSError as error:
        raise PermissionError(f"cannot set {setting}") from error


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
