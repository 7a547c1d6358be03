"""Two machines and a cable between them: network namespaces with a veth pair. They end with the test."""

import ctypes
import json
import os
import subprocess
from contextlib import contextmanager
from typing import Iterator

_NEW_NETWORK = 0x4000_0000
_LIBC = ctypes.CDLL(None, use_errno=True)
_MINE = "/proc/thread-self/ns/net"

NEAR, FAR = "192.0.2.1", "192.0.2.2"


class Cable:
    """The cable. This thread's new sockets and programs are on the near machine, except within `far()`."""

    def __init__(self) -> None:
        self._near = _new_network()
        self._far = _new_network()
        _enter(self._near)
        _run("ip", "link", "add", "near", "type", "veth", "peer", "name", "far")
        _run("ip", "link", "set", "far", "netns", f"/proc/{os.getpid()}/fd/{self._far}")
        _run("ip", "address", "add", f"{NEAR}/24", "dev", "near")
        _run("ip", "link", "set", "near", "up")
        with self.far():
            _run("ip", "address", "add", f"{FAR}/24", "dev", "far")
            _run("ip", "link", "set", "far", "up")

    @contextmanager
    def far(self) -> Iterator[None]:
        """Within the block, this thread's new sockets and programs are on the far machine."""
        _enter(self._far)
        try:
            yield
        finally:
            _enter(self._near)

    def pull(self, is_neighbour_known: bool = False) -> None:
        """Stops all traffic from the far machine. The near machine keeps its link, as with a switch in between.

        With `is_neighbour_known`, the kernel keeps the far machine's link address: datagrams to it are lost without an
        error.
        """
        if is_neighbour_known:
            with self.far():
                links = subprocess.check_output(["ip", "-json", "link", "show", "far"])
            _run("ip", "neighbour", "replace", FAR, "lladdr", json.loads(links)[0]["address"], "dev", "near", "nud", "permanent")
        with self.far():
            _run("ip", "address", "flush", "dev", "far")

    def close(self) -> None:
        os.close(self._near)
        os.close(self._far)


@contextmanager
def cable() -> Iterator[Cable]:
    """Makes the cable. Raises PermissionError without root, and possibly also as root in a container."""
    home = os.open(_MINE, os.O_RDONLY)
    try:
        made = Cable()
        try:
            yield made
        finally:
            made.close()
    finally:
        _enter(home)
        os.close(home)


def _new_network() -> int:
    """Makes a network with loopback only and enters it with this thread. Returns the network's descriptor."""
    _check(_LIBC.unshare(_NEW_NETWORK))
    _run("ip", "link", "set", "lo", "up")
    return os.open(_MINE, os.O_RDONLY)


def _enter(network: int) -> None:
    _check(_LIBC.setns(network, _NEW_NETWORK))


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
