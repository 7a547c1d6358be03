"""A round: a daemon with a random configuration, and steps in which its deliveries must match the model."""

import signal
from random import Random
from typing import Callable

from ..configuration import configuration
from ..daemon import Daemon
from ..waiting import wait_until
from . import choices
from .checks import faults
from .clients import ModelClient
from .rules import PAYLOAD_MAX, Rules

STEPS = ("plain", "plain", "reload", "join", "leave", "half-close")
LAST_STEPS = ("plain", "abort")
LEAVING = ("leave", "half-close", "abort")
CLIENTS_MAX = 8
DATAGRAMS_MAX = 100
# Over UDP the kernel may drop datagrams that arrive faster than they are read. So a client sends at most this many per
# step.
UDP_DATAGRAMS_MAX = 20


class Round:
    """Plays one seed. `deliveries` counts the received datagrams, `steps` lists the kinds of the steps."""

    def __init__(self, seed: int, launch: Callable[..., Daemon]) -> None:
        self.random = Random(seed)
        self.rules = choices.rules(self.random)
        self._ports: set[int] = set()
        self.listeners = choices.listeners(self.random, self._ports)
        self.datagram_bytes = self.random.choice((65_535, 80_000))
        self.event_loops = self.random.randint(1, 4)
        self.daemon = launch(self._configuration(self.rules))
        self.daemon.wait_for("ready")
        self.clients: list[ModelClient] = []
        self.deliveries = 0
        self.steps: list[str] = []
        self._numbers = 0
        self._payloads = 0
        self._reloads = 0

    def play(self) -> None:
        try:
            # The first connection proves the address of the UDP clients and stays to the end.
            self._join(self.listeners[0]["name"])
            for _ in range(self.random.randint(2, 6)):
                self._join()
            for _ in range(self.random.randint(2, 5)):
                if self.random.random() < 0.5:
                    self._reload_in_silence()
                self._step(self.random.choice(STEPS))
            self._step(self.random.choice(LAST_STEPS), is_last=True)
        finally:
            for client in self.clients:
                client.close()

    # A step

    def _step(self, kind: str, is_last: bool = False) -> None:
        """Lets all clients send, with the event `kind` in the middle. Then all receipts must match the model."""
        for client in self.clients:
            client.next_step()
            self._queue(client, may_be_short=kind == "plain")
        leaver = next((each for each in self.clients[1:] if not each.is_udp), None) if kind in LEAVING else None
        if kind in LEAVING and leaver is None:
            kind = "plain"
        self.steps.append(kind)
        before, after, extents = self.rules, None, {}
        newcomer = None
        sending = list(self.clients)
        turn = self.random.randint(1, 80)
        while sending:
            client = self.random.choice(sending)
            if not client.send_some(self.random):
                sending.remove(client)
            turn -= 1
            if turn == 0 and kind == "reload":
                after = self._ask_for_reload(choices.rules(self.random))
            if turn == 0 and kind == "join" and len(self.clients) < CLIENTS_MAX:
                newcomer = self._connect()
            if turn == 0 and kind == "abort":
                leaver.client.abort()
                sending = [each for each in sending if each is not leaver]
            for each in self.clients:
                if each is not leaver or kind != "abort":
                    each.poll()
        if after is not None:
            self._wait_for_reload(after)
        if newcomer is not None:
            extents[newcomer.number] = "end"
            self._mark(newcomer)
            newcomer.wait_for(newcomer.last_payload, *self.clients)
            self.clients.append(newcomer)
        if leaver is not None:
            self.clients.remove(leaver)
            extents[leaver.number] = "none" if kind == "abort" else "beginning"
            self._leave(leaver, kind)
        for client in self.clients:
            self._mark(client)
        complete = [*self.clients, leaver] if kind in ("leave", "half-close") else self.clients
        self._wait_for_markers(complete)
        if is_last:
            self._end()
        streams = [client.stream for client in self.clients] + ([leaver.stream] if leaver else [])
        receipts = [client.receipts(extents.get(client.number, "all")) for client in self.clients]
        if leaver:
            receipts.append(leaver.receipts(extents[leaver.number]))
            leaver.close()
        self.deliveries += sum(len(receipt.payloads) for receipt in receipts)
        aborted = frozenset([leaver.number] if kind == "abort" else [])
        found = faults(streams, receipts, before, after, aborted)
        assert not found, f"step {len(self.steps)} ({kind}): " + "; ".join(found[:5])

    def _leave(self, leaver: ModelClient, kind: str) -> None:
        if kind == "abort":
            return
        self._mark(leaver)
        if kind == "leave":
            leaver.wait_for(leaver.last_payload, *self.clients)
            leaver.client.close()
        else:
            leaver.client.half_close()

    def _wait_for_markers(self, senders: list[ModelClient]) -> None:
        """Waits until all clients have the marker of each sender. A marker is the last datagram of its sender."""
        markers = [sender.last_payload for sender in senders]

        def missing() -> list[str]:
            return [
                f"the marker of {marker[2]} at {client.number}"
                for client in self.clients
                for marker in set(markers).difference(client.received)
            ]

        try:
            wait_until("every marker", lambda: not missing(), *self.clients)
        except TimeoutError as error:
            raise AssertionError(f"step {len(self.steps)} ({self.steps[-1]}): {error}: {missing()[:5]}") from None

    def _end(self) -> None:
        """Stops the daemon, and reads until every connection has ended and all datagrams have arrived."""
        self.daemon.send_signal(signal.SIGTERM)
        streams = [client for client in self.clients if not client.is_udp]
        wait_until("the end of every connection", lambda: all(each.client.end for each in streams), *self.clients)
        while any([client.poll() for client in self.clients if client.is_udp]):
            pass
        assert all(each.client.end == "closed" for each in streams), "a connection was reset"

    # The datagrams

    def _queue(self, client: ModelClient, may_be_short: bool) -> None:
        count = self.random.randint(0, UDP_DATAGRAMS_MAX if client.is_udp else DATAGRAMS_MAX)
        longest = min(self.datagram_bytes, PAYLOAD_MAX[client.way])
        for _ in range(count):
            self._payloads += 1
            client.queue(choices.payload(self.random, client.number, self._payloads, longest, may_be_short))

    def _mark(self, client: ModelClient) -> None:
        self._payloads += 1
        client.queue(choices.marker(client.number, self._payloads))
        client.send_all()

    # The clients

    def _connect(self, name: str | None = None) -> ModelClient:
        listener = next((each for each in self.listeners if each["name"] == name), None)
        listener = listener or self.random.choice(self.listeners)
        self._numbers += 1
        if listener.get("transport") == "udp":
            return ModelClient.udp(self._numbers, listener["port"])
        return ModelClient.tcp(self._numbers, listener["port"], listener["header_size"])

    def _join(self, name: str | None = None) -> None:
        """Adds a client and waits until the other clients have received its marker."""
        for client in self.clients:
            client.next_step()
        client = self._connect(name)
        self.clients.append(client)
        self._mark(client)
        self._wait_for_markers([client])

    # Reloads

    def _reload_in_silence(self) -> None:
        """Reloads other rules and other listeners. Open connections keep their header sizes."""
        for listener in self.listeners[1:]:
            if listener.get("transport") != "udp" and self.random.random() < 0.5:
                self.listeners.remove(listener)
        if len(self.listeners) < 4:
            self.listeners += choices.listeners(self.random, self._ports, f"of reload {self._reloads}", udp=False)
        for listener in self.listeners:
            if "header_size" in listener and self.random.random() < 0.3:
                listener["header_size"] = self.random.choice((2, 4))
            if self.random.random() < 0.3:
                listener["address"] = self.random.choice(("127.0.0.1", "*"))
        self._wait_for_reload(self._ask_for_reload(choices.rules(self.random)))

    def _ask_for_reload(self, rules: Rules) -> Rules:
        self._reloads += 1
        self.daemon.file.write_text(self._configuration(rules))
        self.daemon.send_signal(signal.SIGHUP)
        return rules

    def _wait_for_reload(self, rules: Rules) -> None:
        self.daemon.wait_for("reload.applied", count=self._reloads)
        self.rules = rules

    def _configuration(self, rules: Rules) -> str:
        relay, routes = rules.tables()
        return configuration(
            self.listeners,
            routes,
            relay=relay,
            limits={
                "datagram_bytes": self.datagram_bytes,
                # Turns these limits off: the test sends and receives in turn, so its clients can be slow.
                "pending_bytes": 0,
                "pending_datagrams": 0,
                # One TCP connection must prove all UDP clients.
                "udp_ports_per_connection": 1000,
            },
            server={"event_loops": self.event_loops, "drain": "5s"},
        )
