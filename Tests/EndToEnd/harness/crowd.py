"""Thousands of raw clients on one epoll, and the kernel's counts for the daemon's connections."""

import resource
import select

from .raw_client import RawClient


def allow_descriptors(count: int) -> None:
    """Raises this process's limit to `count` descriptors, plus 100 for its other files."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 100
    assert hard == resource.RLIM_INFINITY or wanted <= hard, f"{wanted} descriptors are over the hard limit of {hard}"
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


class Crowd:
    """Polls the clients that have input. It does not own the clients."""

    def __init__(self, clients: list[RawClient]) -> None:
        self.clients = clients
        self._by_descriptor = {client.socket.fileno(): client for client in clients}
        self._epoll = select.epoll()
        for descriptor in self._by_descriptor:
            self._epoll.register(descriptor, select.EPOLLIN)

    def poll(self) -> bool:
        ready = self._epoll.poll(0, max(1, len(self.clients)))
        for descriptor, _ in ready:
            client = self._by_descriptor[descriptor]
            client.poll()
            if client.end:
                self._epoll.unregister(descriptor)
        return bool(ready)

    def have(self, count: int) -> bool:
        return all(len(client.frames) >= count for client in self.clients)

    def all_ended(self) -> bool:
        return all(client.end for client in self.clients)

    def close(self) -> None:
        self._epoll.close()


# TCP_ESTABLISHED in the kernel's table: an open connection.
ESTABLISHED = 1


def connection_count(port: int, state: int) -> int:
    """Returns the number of IPv4 connections of a local port in one of the kernel's states, such as ESTABLISHED."""
    return len(_unread(port, state))


def unread_bytes(port: int) -> int:
    """Returns the unread bytes of all IPv4 connections of a local port."""
    return sum(_unread(port, ESTABLISHED))


def _unread(port: int, state: int) -> list[int]:
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    return [
        int(queues.partition(":")[2], 16)
        for _, local, _, row_state, queues, *_ in rows
        if int(local.rpartition(":")[2], 16) == port and int(row_state, 16) == state
    ]
