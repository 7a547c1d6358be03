"""Two networks joined by a cable. The daemon is in one network, and sockets of the test can be in the other one."""

import os
import socket
import subprocess
from contextlib import contextmanager
from typing import Iterator

from .loopback_only import enter, loopback_only


class VethPair:
    """The cable. `near` is the end in this thread's network, `far` is the end in the other network."""

    NEAR, FAR = "near", "far"

    def __init__(self, far_network: int) -> None:
        self._far_network = far_network

    @property
    def far_index(self) -> int:
        """The interface number of the far end, for link-local addresses."""
        with enter(self._far_network):
            return socket.if_nametoindex(self.FAR)

    def far_socket(self, source: str) -> socket.socket:
        """Returns a UDP socket in the far network, bound to one of its addresses."""
        family = socket.AF_INET6 if ":" in source else socket.AF_INET
        with enter(self._far_network):
            made = socket.socket(family, socket.SOCK_DGRAM)
        made.bind((source, 0))
        return made


@contextmanager
def veth_pair(near: list[str], far: list[str]) -> Iterator[VethPair]:
    """Makes both networks, and gives each end its addresses, such as `10.99.0.1/24`. Needs root."""
    with loopback_only():
        far_network = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            with loopback_only():
                place = f"/proc/{os.getpid()}/fd/{far_network}"
                _ip("link", "add", VethPair.NEAR, "type", "veth", "peer", "name", VethPair.FAR, "netns", place)
                _set_up(VethPair.NEAR, near)
                with enter(far_network):
                    _set_up(VethPair.FAR, far)
                yield VethPair(far_network)
        finally:
            os.close(far_network)


def _set_up(end: str, addresses: list[str]) -> None:
    for address in addresses:
        nodad = ["nodad"] if ":" in address else []
        _ip("address", "add", address, *(["broadcast", "+"] if not nodad else []), "dev", end, *nodad)
    _ip("link", "set", end, "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
