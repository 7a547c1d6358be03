"""The real binary: started with a configuration, watched through its JSON log, ended through its process handle."""

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

# The exit statuses of the command line.
EXIT_OK, EXIT_USAGE, EXIT_OS, EXIT_CONFIGURATION = 0, 64, 71, 78
# The log has at most this many lines for a rejected configuration, and one more line that counts the other problems.
PROBLEMS_LOGGED_MAX = 10
# The signals that end a crashed process.
CRASH_SIGNALS = {-s for s in (signal.SIGSEGV, signal.SIGILL, signal.SIGABRT, signal.SIGTRAP, signal.SIGBUS)}


@dataclass
class LogEvent:
    """One line of the log, and the time at which it was read (seconds, monotonic)."""

    fields: dict[str, Any]
    read_at: float

    @property
    def message(self) -> str:
        return str(self.fields.get("message", ""))

    def __getitem__(self, key: str) -> Any:
        return self.fields[key]

    def number(self, key: str) -> int:
        """Returns a counter. The log may write it as a number or as a string."""
        return int(self.fields[key])

    def matches(self, message: str, wanted: dict[str, Any]) -> bool:
        return self.message == message and all(str(self.fields.get(k)) == str(v) for k, v in wanted.items())


@dataclass
class Daemon:
    """A running lobbyd. `events` and `stray_lines` grow while it runs, and `changed` guards them."""

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
        """Starts the binary with a file that contains `config`, and returns at once.

        The daemon inherits `sockets` under their names. With `reads_log` false, its log stays unread until `read_log`
        is called. `descriptor_limits` are the soft and the hard limit; by default they are the test's own. With
        `log_file`, the daemon appends its log to that file, and `events` stays empty. `prefix` is a command that starts
        the binary. The daemon does not get the capability `dropped_capability`, such as `net_admin`, even if the test
        has it.
        """
        file = directory / "lobbyd.toml"
        file.write_text(config)
        # The umask may allow a group to write. As root, lobbyd refuses a file that a group can write to.
        file.chmod(0o644)
        command = [*prefix, str(BINARY), "--config", str(file), "--log-format", "json", *arguments]
        if sockets:
            names = ":".join(name for name, _ in sockets)
            descriptors = ":".join(str(opened.fileno()) for _, opened in sockets)
            command = [sys.executable, "-B", str(ACTIVATE), names, descriptors, *command]
        if descriptor_limits:
            command = ["prlimit", "--nofile={}:{}".format(*descriptor_limits), *command]
        # If the test run is killed, the kernel kills the daemon too.
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

    # Its log

    def read_log(self) -> None:
        """Starts to read the log. Called once."""
        assert self.process.stderr is not None
        threading.Thread(target=self._read_log, args=(self.process.stderr,), daemon=True).start()

    def wait_for(self, message: str, count: int = 1, timeout: float = DEADLINE, **fields: Any) -> LogEvent:
        """Waits for the `count`th event `message` whose keys have the values of `fields`, and returns it."""

        def found() -> bool:
            return len(self._matching(message, fields)) >= count

        with self.changed:
            self.changed.wait_for(lambda: found() or self.log_ended, timeout)
            if found():
                return self._matching(message, fields)[count - 1]
            seen = len(self._matching(message, fields))
        raise AssertionError(f"{seen} of {count} x {message} {fields} in the log\n{self.describe()}")

    def logged(self, message: str, **fields: Any) -> list[LogEvent]:
        """Returns all such events so far."""
        with self.changed:
            return self._matching(message, fields)

    def port(self, listener: str = "game") -> int:
        return self.wait_for("listener.bound", listener=listener).number("port")

    # Its configuration

    def reload(self, config: str) -> list[LogEvent]:
        """Writes `config` to the file and sends SIGHUP. Returns the logged result: one event, or each problem."""
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
        """Returns the time at which the signal was sent (seconds, monotonic)."""
        sent_at = time.monotonic()
        self.process.send_signal(number)
        return sent_at

    def wait_for_exit(self, timeout: float = DEADLINE) -> int:
        """Returns the exit status, negative for a signal. The whole log has been read by then."""
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
        """Ends every test: the daemon must stop cleanly, must not have crashed, and must have logged only JSON."""
        already_ended = self.process.poll() is not None
        try:
            status = self.wait_for_exit() if already_ended else self.terminate()
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        assert status not in CRASH_SIGNALS, f"crashed with {status}\n{self.describe()}"
        assert already_ended or status == EXIT_OK, f"exit status {status}\n{self.describe()}"
        assert not self.stray_lines, f"lines of the log that are not JSON: {self.stray_lines}"

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
    """Runs the binary to its end, for options that print something and exit."""
    return run_to_end(BINARY, *arguments, timeout=timeout)


def run_to_end(program: Path, *arguments: object, timeout: float) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end. Returns its output and its exit status."""
    return subprocess.run(
        [str(program), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=clean_environment(),
    )


def clean_environment() -> dict[str, str]:
    """Returns the test's own environment without the variables of a service manager or an operator."""
    theirs = ("NOTIFY_SOCKET", "JOURNAL_STREAM", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")
    theirs += ("WATCHDOG_USEC", "WATCHDOG_PID", "LOBBYD_CONFIG", "SUDO_UID")
    return {key: value for key, value in os.environ.items() if key not in theirs}
