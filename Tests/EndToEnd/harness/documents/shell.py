"""Prepares a block of shell commands: `sudo` only runs its command, and commands that run for ever are ended."""

import re
from typing import Iterator

# A server keeps running in the background for the rest of the page, because a reader leaves it running in another
# terminal. The second text of a pair is the output of a server that is ready.
SERVERS = (
    (re.compile(r"(?:sudo )?scripts/run\b(?!.* --(?:help|check|version|dump-config)\b)"), "ready"),
    (re.compile(r"(?:sudo )?(?:\S*/)?lobbyd (?!.*--(?:help|check|version|dump-config|generate-\S+)\b)"), "ready"),
    (re.compile(r"(?:\S+ )?swift run ChatServer\b"), ":[0-9]+"),
)
# A viewer is ended after its first output.
VIEWERS = (
    (re.compile(r"(?:sudo )?journalctl\b.*\s(?:-\w*f\w*|--follow)\b"), "."),
    (re.compile(r"(?:sudo )?(?:\S*/)?lobbyctl (?:-\S+ )*top\b"), "."),
    (re.compile(r"(?:\S+ )?docc preview\b"), "localhost"),
)
HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")

# These are functions of bash, because functions need no file in the machine that runs the block. `checker_serve` and
# `checker_view` take the expected text and a command. The input of the command never ends. $CHECKER/servers lists the
# process groups of servers. `swift` uses the settings of scripts/test: with other settings SwiftPM would build
# everything again. With $CHECKER_BUILT it builds no release.
PRELUDE = r"""
exec 2>&1
mkdir -p "$CHECKER"
checker_start() {
    local expected=$1
    shift
    checker_output=$(mktemp "$CHECKER/output.XXXXXX")
    [[ -p $CHECKER/input ]] || mkfifo "$CHECKER/input"
    set -m
    "$@" <>"$CHECKER/input" >"$checker_output" 2>&1 &
    checker_process=$!
    set +m
    local deadline=$((SECONDS + ${CHECKER_PATIENCE:-300}))
    until grep --quiet --extended-regexp -- "$expected" "$checker_output"; do
        if ! kill -0 "$checker_process" 2>/dev/null; then
            wait "$checker_process" && status=0 || status=$?
            grep --quiet --extended-regexp -- "$expected" "$checker_output" && return
            cat "$checker_output"
            echo "it ended with $status before it printed '$expected': $*"
            exit 1
        fi
        if ((SECONDS > deadline)); then
            cat "$checker_output"
            echo "it did not print '$expected': $*"
            kill -KILL -- "-$checker_process"
            exit 1
        fi
        sleep 0.05
    done
}
checker_view() {
    checker_start "$@"
    kill -INT -- "-$checker_process" 2>/dev/null || true
    local status=0
    for _ in {1..100}; do
        kill -0 "$checker_process" 2>/dev/null || break
        sleep 0.05
    done
    kill -KILL -- "-$checker_process" 2>/dev/null || true
    wait "$checker_process" 2>/dev/null || status=$?
    cat "$checker_output"
    [[ $status == 0 || $status == 130 ]] || { echo "it ended with $status: ${*:2}"; exit 1; }
}
checker_serve() {
    checker_start "$@"
    echo "$checker_process" >>"$CHECKER/servers"
    cat "$checker_output"
}
sudo() {
    local user=
    while [[ ${1:-} == -* ]]; do
        case $1 in
            -u) user=$2 && shift ;;
            --) shift && break ;;
        esac
        shift
    done
    if [[ -n $user ]]; then
        runuser -u "$user" -- "$@"
    elif [[ $1 == *=* ]]; then
        env "$@"
    else
        "$@"
    fi
}
swift() {
    if [[ " $* " == *" -c release "* ]]; then
        [[ -n ${CHECKER_BUILT:-} ]] || command swift "$@"
    else
        LOBBYD_WARNINGS_AS_ERRORS=1 command swift "$@"
    fi
}
export -f sudo swift
"""


def commands(text: str) -> Iterator[str]:
    """The commands of a block, each with its continuation lines. Comments and the texts of heredocs are left out."""
    for kind, line in _lines(text):
        command = re.sub(r"(^|\s)#.*$", "", line, flags=re.MULTILINE)
        command = " ".join(command.replace("\\\n", " ").split())
        if kind == "command" and command:
            yield command


def prepare(text: str) -> str:
    """Returns the script for bash -e. Functions of the prelude start the commands that run for ever."""
    prepared = [_wrapped(line) if kind == "command" else line for kind, line in _lines(text)]
    return PRELUDE + "\n".join(prepared) + "\n"


def serves_lobby(text: str) -> bool:
    """Whether a command of the block starts a lobbyd."""
    return any(pattern.match(command) for command in commands(text) for pattern, _ in SERVERS[:2])


def _wrapped(line: str) -> str:
    command = line.lstrip()
    for function, kinds in (("checker_serve", SERVERS), ("checker_view", VIEWERS)):
        for pattern, expected in kinds:
            if pattern.match(command):
                return f"{function} '{expected}' {command}"
    return line


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Each command with its continuation lines, and each line of a heredoc's text."""
    ends: list[str] = []
    command = ""
    for line in text.splitlines():
        if ends and not command:
            yield "heredoc", line
            if line.strip() == ends[0]:
                ends.pop(0)
            continue
        command = f"{command}\n{line}" if command else line
        if line.endswith("\\"):
            continue
        ends += [end for _, end in HEREDOC.findall(command)]
        yield "command", command
        command = ""
    if command:
        yield "command", command
