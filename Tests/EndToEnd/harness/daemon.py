"""The real binary: started with a configuration, watched through its JSON log, ended by its own process handle."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from .waiting import DEADLINE

ACTIVATE = Path(__file__).with_name("activate.py")
REPOSITORY = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("LOBBYD_BINARY") or REPOSITORY / ".build" / "release" / "lobbyd").resolve()

# Exit statuses of the command line contract.
EXIT_OK, EXIT_USAGE, EXIT_OS, EXIT_CONFIGURATION = 0, 64, 71, 78
# Of a rejected configuration; one more line counts the others.
PROBLEMS_LOGGED_MAX = 10
# What a process that crashed dies of.
CRASH_SIGNALS = {-s for s in (signal.SIGSEGV, signal.SIGILL, signal.SIGABRT, signal.SIGTRAP, signal.SIGBUS)}


@dataclass
class LogEvent:
    """One line of the log, and when it was read (seconds, monotonic)."""

    fields: dict[str, Any]
    read_at: float

    @property
    def message(self) -> str:
        return str(self.fields.get("message", ""))

    def __getitem__(self, key: str) -> Any:
        return self.fields[key]

    def number(self, key: str) -> int:
        """A counter; whether the log writes it as a number or as a string makes no difference here."""
        return int(self.fields[key])

    def matches(self, message: str, wanted: dict[str, Any]) -> bool:
        return self.message == message and all(str(self.fields.get(k)) == str(v) for k, v in wanted.items())


@dataclass
class Daemon:
    """A running lobbyd. `events` and `stray_lines` grow while it runs; `changed` guards them."""

    process: subprocess.Popen[bytes]
    started_at: float
    file: Path
    events: list[LogEvent] = field(default_factory=list)
    stray_lines: list[str] = field(default_factory=list)
    log_ended: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    @staticmethod
    def launch(
        config: str,
        directory: Path,
        arguments: tuple[str, ...] = ("--log-level", "debug"),
        sockets: tuple[tuple[str, socket.socket], ...] = (),
        reads_log: bool = True,
        descriptor_limits: tuple[int, int] | None = None,
        log_file: Path | None = None,
        prefix: tuple[str, ...] = (),
        dropped_capability: str | None = None,
        **environment: str,
    ) -> "Daemon":
        """Starts the binary on a file with the text `config` and returns at once.

        It inherits `sockets` by their names. Without `reads_log` nobody reads its log until `read_log` is called.
        `descriptor_limits`, soft and hard, are the test's own unless others are named. With `log_file` the log is appended
        to that file, and no event of it is seen here. `prefix` is a command that starts the binary. `dropped_capability`,
        such as `net_admin`, is not the daemon's even where the test has it.
        """
        file = directory / "lobbyd.toml"
        file.write_text(config)
        # Whatever the umask: root takes no file that a group may write to.
        file.chmod(0o644)
        command = [*prefix, str(BINARY), "--config", str(file), "--log-format", "json", *arguments]
        if sockets:
            names = ":".join(name for name, _ in sockets)
            descriptors = ":".join(str(opened.fileno()) for _, opened in sockets)
            command = [sys.executable, "-B", str(ACTIVATE), names, descriptors, *command]
        if descriptor_limits:
            command = ["prlimit", "--nofile={}:{}".format(*descriptor_limits), *command]
        # Should the test run itself be killed, the kernel ends the daemon with it.
        if setpriv := shutil.which("setpriv"):
            dropped = ["--bounding-set", f"-{dropped_capability}"] if dropped_capability else []
            command = [setpriv, "--pdeathsig", "KILL", *dropped, "--", *command]
        log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if log_file else None
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if log is None else log,
            env=clean_environment() | environment,
            pass_fds=[opened.fileno() for _, opened in sockets],
        )
        daemon = Daemon(process, time.monotonic(), file, log_ended=log is not None)
        if log is not None:
            os.close(log)
        elif reads_log:
            daemon.read_log()
        return daemon

    # What it logs

    def read_log(self) -> None:
        """Reads it from now on; called once."""
        assert self.process.stderr is not None
        threading.Thread(target=self._read_log, args=(self.process.stderr,), daemon=True).start()

    def wait_for(self, message: str, count: int = 1, timeout: float = DEADLINE, **fields: Any) -> LogEvent:
        """The `count`th event called `message` whose keys have the values of `fields`."""

        def found() -> bool:
            return len(self._matching(message, fields)) >= count

        with self.changed:
            self.changed.wait_for(lambda: found() or self.log_ended, timeout)
            if found():
                return self._matching(message, fields)[count - 1]
            seen = len(self._matching(message, fields))
        raise AssertionError(f"{seen} of {count} x {message} {fields} in the log\n{self.describe()}")

    def logged(self, message: str, **fields: Any) -> list[LogEvent]:
        """Every such event up to now."""
        with self.changed:
            return self._matching(message, fields)

    def port(self, listener: str = "game") -> int:
        return self.wait_for("listener.bound", listener=listener).number("port")

    # Its configuration

    def reload(self, config: str) -> list[LogEvent]:
        """Puts `config` in its file and sends SIGHUP; what the log then says: one event applied, or each problem."""
        with self.changed:
            before = len(self.events)
        self.file.write_text(config)
        self.send_signal(signal.SIGHUP)

        def answers() -> list[LogEvent]:
            return [event for event in self.events[before:] if event.message in ("reload.applied", "reload.rejected")]

        def complete() -> bool:
            found = answers()
            problems = int(str(found[0].fields.get("problem", "1 of 1")).split(" of ")[1]) if found else 1
            return len(found) >= min(problems, PROBLEMS_LOGGED_MAX + 1)

        with self.changed:
            assert self.changed.wait_for(lambda: complete() or self.log_ended, DEADLINE) and complete(), "no reload"
            return answers()

    # Its end

    def send_signal(self, number: signal.Signals) -> float:
        """Returns when it was sent (seconds, monotonic)."""
        sent_at = time.monotonic()
        self.process.send_signal(number)
        return sent_at

    def wait_for_exit(self, timeout: float = DEADLINE) -> int:
        """The exit status; negative for a signal. All of the log has been read by then."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout:g} s\n{self.describe()}") from None
        with self.changed:
            self.changed.wait_for(lambda: self.log_ended, DEADLINE)
        return status

    def terminate(self, timeout: float = DEADLINE) -> int:
        self.send_signal(signal.SIGTERM)
        return self.wait_for_exit(timeout)

    def finish(self) -> None:
        """The end of every test: it must still stop cleanly, must not have crashed, and must have logged only JSON."""
        already_ended = self.process.poll() is not None
        try:
            status = self.wait_for_exit() if already_ended else self.terminate()
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        assert status not in CRASH_SIGNALS, f"crashed with {status}\n{self.describe()}"
        assert already_ended or status == EXIT_OK, f"exit status {status}\n{self.describe()}"
        assert not self.stray_lines, f"not JSON: {self.stray_lines}"

    def describe(self) -> str:
        with self.changed:
            lines = [json.dumps(event.fields) for event in self.events[-20:]] + self.stray_lines[-20:]
        return "\n".join([f"exit status {self.process.poll()}, the log ends with", *lines])

    def _matching(self, message: str, wanted: dict[str, Any]) -> list[LogEvent]:
        return [event for event in self.events if event.matches(message, wanted)]

    def _read_log(self, stream: BinaryIO) -> None:
        with stream:
            for line in stream:
                self._take(line.decode("utf-8", "backslashreplace").rstrip("\n"))
        with self.changed:
            self.log_ended = True
            self.changed.notify_all()

    def _take(self, line: str) -> None:
        try:
            fields = json.loads(line)
        except ValueError:
            fields = None
        with self.changed:
            if isinstance(fields, dict):
                self.events.append(LogEvent(fields, time.monotonic()))
            else:
                self.stray_lines.append(line)
            self.changed.notify_all()


def run_lobbyd(*arguments: str | Path, timeout: float = DEADLINE) -> subprocess.CompletedProcess[str]:
    """Runs the binary to its end: for the commands that print something and exit."""
    return run_to_end(BINARY, *arguments, timeout=timeout)


def run_to_end(program: Path, *arguments: object, timeout: float) -> subprocess.CompletedProcess[str]:
    """What it printed, and how it exited."""
    return subprocess.run(
        [str(program), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=clean_environment(),
    )


def clean_environment() -> dict[str, str]:
    """The test's own environment without what a service manager or an operator may have put there."""
    theirs = ("NOTIFY_SOCKET", "JOURNAL_STREAM", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")
    theirs += ("WATCHDOG_USEC", "WATCHDOG_PID", "LOBBYD_CONFIG", "SUDO_UID")
    return {key: value for key, value in os.environ.items() if key not in theirs}
