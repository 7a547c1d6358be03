"""scripts/support/folders: it prints the dependencies between folders, and fails if one points up."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "support" / "folders"

SOURCES = {
    "Engine/Limits/Limits.swift": "public struct Limits {}\n",
    "Engine/Turns/Shard.swift": "/// A `ConnectionManager` owns it.\nfinal class Shard { var limits = Limits() }\n",
    "Engine/UDP/UDPPeer.swift": "struct UDPPeer { enum State {} }\nextension Shard {}\n",
    "Engine/Client/State.swift": 'struct State { let text = "a UDPPeer" }\n',
    "Engine/ConnectionManager.swift": "import Wire\nclass ConnectionManager { var shards: [Shard] = [] }\n",
    "Relay/Router.swift": "@_exported import Engine\nimport Glibc\n",
}


@pytest.fixture
def folders(tmp_path):
    """Runs the script on a valid tree with `changes`. Returns its exit status, its output and its errors."""
    targets = [name for level in runpy.run_path(str(SCRIPT))["TARGETS"] for name in level]

    def run(changes=(), absent=(), arguments=()):
        for target in set(targets) - set(absent):
            (tmp_path / "Sources" / target).mkdir(parents=True, exist_ok=True)
        for name, text in (SOURCES | dict(changes)).items():
            if name.split("/")[0] in absent:
                continue
            file = tmp_path / "Sources" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        command = [sys.executable, "-B", SCRIPT, "--root", tmp_path, *arguments]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return result.returncode, result.stdout, result.stderr

    return run


def test_prints_arrows_and_passes_a_tree_in_order(folders):
    status, output, errors = folders()
    arrows = {tuple(line.split(" -> ")) for line in output.splitlines() if "->" in line}
    arrows = {(user.strip(), used) for user, used in arrows}
    assert (status, errors) == (0, "")
    assert {("Limits", "-"), ("Turns", "Limits"), ("UDP", "Turns"), ("(top)", "Turns"), ("Client", "-")} <= arrows
    assert {("Engine", "Wire"), ("Relay", "Engine")} <= arrows


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("Engine/Limits/A.swift", "let a: Shard? = nil\n", "Limits/A.swift:1 uses Shard: Limits is below Turns"),
        ("Engine/Turns/A.swift", "\nextension ConnectionManager {}\n", ":2 uses ConnectionManager: Turns is below"),
        ("Engine/Client/A.swift", 'let a = "\\(UDPPeer())"\n', ":1 uses UDPPeer: Client and UDP are on one level"),
        ("Engine/Limits/A.swift", "let a = Engine.Shard()\n", "A.swift:1 uses Shard: Limits is below Turns"),
        ("Engine/Limits/A.swift", "let a = 0 ..< Shard.count\n", "A.swift:1 uses Shard: Limits is below Turns"),
        ("Engine/Rooms/A.swift", "struct Room {}\n", "folder Rooms of Engine has no place in the order"),
        ("Wire/A.swift", "import struct Engine.Limits\n", "Wire/A.swift imports Engine: Wire is below Engine"),
        ("Relay/A.swift", "import PandaNet\n", "Relay/A.swift imports PandaNet: Relay and PandaNet are on one level"),
        ("Rooms/A.swift", "struct Room {}\n", "target Rooms has no place in the order"),
    ],
)
def test_fails_where_a_dependency_points_up(folders, name, text, error):
    status, _, errors = folders({name: text})
    assert status == 1
    assert len(errors.splitlines()) == 1
    assert error in errors


@pytest.mark.parametrize(
    "text",
    [
        "// Shard\n/* Shard /* Shard */ Shard */\n",
        'let a = "Shard \\" Shard"\nlet b = #"Shard " Shard \\(Shard)"#\nlet c = """\nShard " Shard\n"""\n',
        "let a = other.Shard()\n",
        "private struct Shard {}\nlet a = Shard()\n",
        "enum A { struct Shard {} }\n",
    ],
)
def test_names_that_are_no_use_of_the_type(folders, text):
    assert folders({"Engine/Limits/A.swift": text})[::2] == (0, "")


def test_an_absent_target_leaves_the_orders_unjudged(folders):
    status, output, errors = folders(absent=["Engine"])
    assert (status, errors) == (0, "")
    assert "not judged: Engine is absent" in output


def test_a_target_without_an_order_is_printed(folders):
    changes = {"Relay/A/A.swift": "struct A { var b: B }\n", "Relay/B/B.swift": "struct B { var a: [A] }\n"}
    status, output, errors = folders(changes, arguments=["Relay"])
    assert (status, errors) == (0, "")
    assert "A and B use each other" in output
