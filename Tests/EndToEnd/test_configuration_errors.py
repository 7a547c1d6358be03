"""Configuration errors: exit status 78 and one report of all errors, each with file, line and column."""

import re
from pathlib import Path

import pytest

from harness.daemon import EXIT_CONFIGURATION, run_lobbyd

# One mistake per line. `# !` marks the lines that must be reported.
MISTAKES = """\
[[listener]]
name = "game"
bakclog = 5                    # ! unknown, near to backlog
port = 70000                   # ! out of range
header_size = 3                # ! neither 2 nor 4
address = "127.0.0.1"

[relay]
message_type = "uint8"
default = "shout"              # ! no such handler
include_sender = "yes"         # ! not a boolean

[[route]]
types = [1, 256]               # ! too large for a uint8
handler = "echo"

[[route]]
types = [2]
handler = "bounce"             # ! no such handler

[limits]
connections = "many"           # ! not a number
colour = "red"                 # ! unknown

[server]
drain = "soon"                 # ! not a duration
"""


def reported(output: str, file: Path) -> dict[int, tuple[int, str]]:
    """Returns the column and the text of each reported line: all output lines that begin with a position in `file`."""
    pattern = re.compile(re.escape(str(file)) + r":(\d+):(\d+):? *(.*)")
    found = [pattern.search(line) for line in output.splitlines()]
    return {int(m[1]): (int(m[2]), m[3]) for m in found if m}


@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_every_mistake_is_reported_at_once_with_its_position(tmp_path, arguments):
    file = tmp_path / "wrong.toml"
    file.write_text(MISTAKES)
    lines = MISTAKES.splitlines()
    marked = {number for number, line in enumerate(lines, 1) if "# !" in line}

    result = run_lobbyd("--config", file, *arguments)

    assert result.returncode == EXIT_CONFIGURATION
    errors = reported(result.stdout + result.stderr, file)
    assert set(errors) == marked
    for number, (column, text) in errors.items():
        key, value = re.match(r"(\w+) = ([^#]*?) *#", lines[number - 1]).groups()
        at_key, in_value = {1}, range(len(key) + 4, len(key) + 4 + len(value))
        assert column in at_key or column in in_value, f"{number}:{column} points at neither key nor value: {text}"
        named = [key, *re.findall(r"\w+", value)]
        assert any(word in text for word in named), f"line {number} names neither key nor value: {text}"
    assert "backlog" in errors[3][1], "a similar key must be suggested"


@pytest.mark.parametrize(
    "text, line",
    [
        ('[relay]\ndefault = "echo\n', 2),
        ("[relay]\n\n= 5\n", 3),
        ("[limits]\nconnections = 1\nconnections = 2\n", 3),
    ],
)
def test_a_syntax_error_has_its_position(tmp_path, text, line):
    file = tmp_path / "broken.toml"
    file.write_text(text)
    result = run_lobbyd("--config", file, "--check")
    assert result.returncode == EXIT_CONFIGURATION
    assert list(reported(result.stdout + result.stderr, file)) == [line]


def test_an_unknown_table_is_an_error(tmp_path):
    file = tmp_path / "table.toml"
    file.write_text("[relay]\n\n[lobster]\nclaws = 2\n")
    result = run_lobbyd("--config", file, "--check")
    assert result.returncode == EXIT_CONFIGURATION
    assert 3 in reported(result.stdout + result.stderr, file)


def test_a_named_file_that_is_missing(tmp_path):
    result = run_lobbyd("--config", tmp_path / "nowhere.toml")
    assert result.returncode == EXIT_CONFIGURATION
    assert "nowhere.toml" in result.stdout + result.stderr
