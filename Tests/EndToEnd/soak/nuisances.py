"""Clients that come and go, reset, do not read, or never finish a frame. Each kind runs in a process of its own."""

import multiprocessing
import random
import socket
import struct
from multiprocessing.synchronize import Event
from typing import Callable

from harness.raw_client import RawClient, frame
from harness.raw_udp_client import RawUDPClient
from harness.waiting import wait_until

# The route of this type echoes: the steady players receive no datagram of this type.
ECHO_TYPE = 2
CONTEXT = multiprocessing.get_context("spawn")


class Tally:
    """The counts of one kind, shared with the process that started it."""

    def __init__(self) -> None:
        self.done = CONTEXT.Value("Q", 0)
        self.failed = CONTEXT.Value("Q", 0)

    def add(self, done: int = 0, failed: int = 0) -> None:
        self.done.value += done
        self.failed.value += failed


def churn(port: int, tally: Tally, is_over: Event) -> None:
    """Connects, gets five datagrams echoed, and disconnects: half of the clients with a FIN, half with a reset."""
    source = random.Random(1)
    while not is_over.wait(0.008):
        payloads = [bytes([ECHO_TYPE]) + source.randbytes(source.randrange(1_500)) for _ in range(5)]
        try:
            client = RawClient(port)
            for payload in payloads:
                client.send(payload)
            wait_until("the echoes", lambda: len(echoes(client)) >= len(payloads), client, timeout=10)
            tally.add(1, failed=echoes(client) != payloads)
            client.abort() if source.random() < 0.5 else client.close()
        except OSError:  # including a timeout
            tally.add(1, failed=1)


def echoes(client: RawClient) -> list[bytes]:
    """Returns the received echoes, without the broadcasts in between."""
    return [payload for payload in client.frames if payload[0] == ECHO_TYPE]


def reset(port: int, tally: Tally, is_over: Event) -> None:
    """Sends a part of a frame, possibly no byte, and resets the connection."""
    source = random.Random(2)
    while not is_over.wait(0.005):
        client = RawClient(port)
        data = frame(bytes([ECHO_TYPE]) + source.randbytes(3_000))
        try:
            client.send_bytes(data[: source.randrange(len(data))])
        finally:
            client.abort()
        tally.add(1)


def stay_deaf(port: int, tally: Tally, is_over: Event) -> None:
    """Requests many echoes and does not read them, until lobbyd closes the connection. Sends only whole frames."""
    data = frame(bytes([ECHO_TYPE]) + bytes(60_000))
    clients: dict[socket.socket, bytes] = {}
    while not is_over.wait(0.1):
        while len(clients) < 5:
            clients[RawClient(port, receive_buffer_bytes=4_096, timeout=0.05).socket] = data
        for client, rest in list(clients.items()):
            try:
                clients[client] = rest[client.send(rest) :] or data
            except TimeoutError:
                pass
            except OSError:
                del clients[client]
                client.close()
                tally.add(1)


def dawdle(port: int, tally: Tally, is_over: Event) -> None:
    """A hundred connections send one byte of an unfinished frame every 5 seconds, until lobbyd closes them."""
    clients: dict[int, socket.socket] = {}
    beginning = struct.pack("<H", 60_000)
    while True:
        for number in range(100):
            try:
                if number not in clients:
                    clients[number] = RawClient(port).socket
                    clients[number].sendall(beginning)
                clients[number].sendall(b"x")
            except OSError:
                clients.pop(number).close()
                tally.add(1)
            if is_over.wait(0.05):
                return


def send_junk_by_udp(port: int, tally: Tally, is_over: Event) -> None:
    """Sends runts and wrong checksums between valid datagrams. Each valid datagram must be answered."""
    client = RawUDPClient(port)
    number = 0
    while not is_over.wait(0.01):
        for junk in (b"", b"x", b"\0\0\1", b"\1" + bytes(1_400)):
            client.send_bytes(junk)
        payload = bytes([ECHO_TYPE]) + struct.pack("<Q", number)
        client.send(payload)
        number += 1
        try:
            client.wait_for(payload, timeout=5)
            tally.add(1)
        except TimeoutError:
            tally.add(1, failed=1)
        client.received.clear()


KINDS: dict[str, Callable[[int, Tally, Event], None]] = {
    "comings and goings": churn,
    "resets": reset,
    "slow readers closed": stay_deaf,
    "slowloris closed": dawdle,
    "exchanges amid junk over UDP": send_junk_by_udp,
}


class Nuisances:
    """Runs all kinds at once, until `close`."""

    def __init__(self, tcp_port: int, udp_port: int) -> None:
        self.tallies = {name: Tally() for name in KINDS}
        self._is_over = CONTEXT.Event()
        self._processes = []
        for name, kind in KINDS.items():
            port = udp_port if kind is send_junk_by_udp else tcp_port
            process = CONTEXT.Process(target=kind, args=(port, self.tallies[name], self._is_over), daemon=True)
            process.start()
            self._processes.append(process)

    def crashed(self) -> int:
        """Returns the number of kinds whose process has crashed."""
        return sum(process.exitcode not in (None, 0) for process in self._processes)

    def close(self) -> None:
        self._is_over.set()
        for process in self._processes:
            process.join(30)
