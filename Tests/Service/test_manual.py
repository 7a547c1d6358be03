"""The manual pages of the package: they are complete, and man shows them without a warning."""

import gzip
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from machines.package import run


@pytest.fixture(scope="session")
def files(deb, tmp_path_factory) -> Path:
    """The package's files, extracted."""
    directory = tmp_path_factory.mktemp("package")
    run("dpkg-deb", "--extract", deb, directory)
    return directory


@pytest.fixture(scope="session")
def pages(files) -> dict[str, str]:
    return {page.stem: gzip.decompress(page.read_bytes()).decode() for page in files.glob("usr/share/man/*/*.gz")}


def tables(configuration: dict) -> dict[str, set[str]]:
    """Returns the keys of each table, over all listeners and routes."""
    each = {name: table if isinstance(table, list) else [table] for name, table in configuration.items()}
    return {name: set().union(*those) for name, those in each.items()}


def test_each_page_is_there(pages):
    assert sorted(pages) == ["lobbyctl.1", "lobbyd.8", "lobbyd.toml.5"]


def test_nothing_is_left_to_be_filled_in(pages):
    assert not [page for page, text in pages.items() if re.search(r"@[A-Z]+@", text)]


def test_man_understands_them(files):
    for page in files.glob("usr/share/man/*/*.gz"):
        command = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page]
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (shown.returncode, shown.stderr) == (0, "")


def test_every_key_is_in_the_page_of_the_configuration(files, pages):
    """Compares the page with a dump by lobbyd of a configuration that has every key."""
    everything = files / "everything.toml"
    route = "[[route]]\ntypes = [1]\nhandler = 'broadcast'\ninclude_sender = false\n"
    over_udp = "[[listener]]\nname = 'udp'\ntransport = 'udp'\nreceive_buffer = 65536\n"
    everything.write_text((files / "etc/lobbyd/lobbyd.toml").read_text() + route + over_udp)
    dumped = run(files / "usr/sbin/lobbyd", "--config", everything, "--dump-config")
    sections = pages["lobbyd.toml.5"].split("\n.SS ")
    for table, keys in tables(tomllib.loads(dumped)).items():
        (section,) = [text for text in sections if re.match(rf"\[+{table}\]+\n", text)]
        assert set(re.findall(r"^\.TP\n\\fB(\w+)\\fR", section, re.MULTILINE)) == keys


def test_every_command_and_option_is_in_the_page_of_its_program(files, pages):
    listed = run(files / "usr/bin/lobbyctl", "--help").split("SUBCOMMANDS:")[1]
    commands = re.findall(r"^  (\w+)  ", listed, re.MULTILINE)
    assert "status" in commands and "bench" in commands
    for command in commands:
        section = re.search(rf'^\.SS "\\fB{command}\\fR.*?(?=^\.S[SH])', pages["lobbyctl.1"], re.MULTILINE | re.DOTALL)
        assert section, command
        helped = run(files / "usr/bin/lobbyctl", "help", command)
        missing = options(helped) - options(section[0].replace("\\-", "-"))
        assert missing <= {"--socket", "--json", "--version", "--help"}, command
    assert options(run(files / "usr/sbin/lobbyd", "--help")) <= options(pages["lobbyd.8"].replace("\\-", "-"))


def options(text: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]+", text))
