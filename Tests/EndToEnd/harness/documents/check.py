"""Runs the blocks of a page: each must succeed and print the output that the page shows."""

import itertools
import os
import subprocess
from pathlib import Path
from typing import Iterator

from ..control import ControlConnection
from ..daemon import BINARY, clean_environment
from . import control_lines, fragments, programs, shell, swift
from .idle_clients import CLIENTS_MIN
from .markdown import Block, Page
from .output import Ran, differs
from .runners import PROGRAM, expected_output, runner_of
from .sandbox import Sandbox

IN_SANDBOX = ("checkout", "long", "client", "beside", "control")
# Seconds.
LONG_TIMEOUT = 3600
# The Python programs of the articles omit their imports.
ARTICLE_IMPORTS = "from panda3d.core import *\n"


def runs_long() -> bool:
    """Whether the environment asks for the blocks that take minutes."""
    return os.environ.get("LOBBYD_DOCUMENTS_LONG") == "1"


def needs_sandbox(page: Page, is_long: bool = False) -> bool:
    kinds = [kind for kind in IN_SANDBOX if kind != "long" or is_long]
    return any(runner_of(block) in kinds for block in page.blocks)


def run_blocks(page: Page, sandbox: Sandbox, directory: Path, is_long: bool = False) -> list[str]:
    """Runs the blocks that need a checkout or a lobbyd, in order. `directory` is for files of the checker."""
    faults: list[str] = []
    for block in page.blocks:
        kind = runner_of(block)
        if kind == "checkout":
            faults += verify(page, block, sandbox.run(block.text))
        elif kind == "long" and is_long:
            faults += verify(page, block, sandbox.run(block.text, LONG_TIMEOUT))
        elif kind == "client":
            faults += verify(page, block, sandbox.run_python(block.text))
        elif kind == "beside":
            faults += _run_swift(page, block, sandbox, directory)
        elif kind == "control":
            faults += _converse(block, sandbox)
    return faults


def verify(page: Page, block: Block, ran: Ran) -> list[str]:
    """A block must exit with 0, and print the text of the output block that follows it."""
    if ran.status != 0:
        return [f"{block.place}: it ended with {ran.status}:\n{ran.output[-2000:]}"]
    shown = expected_output(page, block)
    if shown is not None and (difference := differs(shown.text, ran.output)):
        return [f"{shown.place}: {difference}"]
    return []


def check_configurations(page: Page, directory: Path) -> list[str]:
    """`lobbyd --check` accepts each configuration. With an output block, it may be invalid."""
    faults = []
    for block in page.blocks:
        if runner_of(block) != "configuration":
            continue
        file = directory / "lobbyd.toml"
        file.write_text(block.text, encoding="utf-8")
        file.chmod(0o644)
        ran = subprocess.run(
            [BINARY, "--config", file.name, "--check"],
            cwd=directory,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        status = 0 if expected_output(page, block) and ran.returncode == 78 else ran.returncode
        faults += verify(page, block, Ran(status, ran.stdout))
    return faults


def compile_programs(page: Page, directory: Path) -> list[str]:
    """Compiles each Swift program, and each program whose parts are several blocks."""
    faults = []
    for block, text in _swift_programs(page):
        ran = swift.compile_program(text, directory)
        if ran.status != 0:
            faults.append(f"{block.place}: {ran.output}")
    return faults


def run_python_parts(page: Page, sandbox: Sandbox) -> list[str]:
    """Runs the Python programs whose parts are several blocks. No lobbyd runs meanwhile: they may use its port."""
    faults = []
    for blocks in _parts(page, "python"):
        imports = ARTICLE_IMPORTS if runner_of(blocks[0]) == "article" else ""
        ran = sandbox.run_python(imports + "".join(block.text for block in blocks), beside_lobby=False)
        if ran.status != 0:
            faults.append(f"{blocks[0].place}: the program of these parts ended with {ran.status}:\n{ran.output}")
    return faults


def has_python_parts(page: Page) -> bool:
    return bool(_parts(page, "python"))


def check_long_commands(page: Page) -> list[str]:
    """Checks that the programs of the commands exist and accept the options."""
    faults = []
    for block in page.blocks:
        if runner_of(block) in ("long", "walkthrough"):
            for command in shell.commands(block.text):
                faults += [f"{block.place}: {fault}" for fault in programs.check_command(command)]
    return faults


def check_inline_code(page: Page) -> list[str]:
    return [
        f"{page.name}:{code.line}: {fault}"
        for code in page.codes
        if programs.is_checked(code.text)
        for fault in programs.check_command(code.text)
    ]


def follow_walkthrough(
    walkthrough: fragments.Walkthrough, page: Page, root: Path, sandbox: Sandbox, is_long: bool
) -> list[str]:
    """Inserts the fragments, and compiles the changed targets; with `is_long`, runs the commands instead."""
    texts, faults = fragments.apply(walkthrough, root)
    if faults:
        return faults
    for path, text in texts.items():
        file = sandbox.root / root.relative_to("/") / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    if not is_long:
        for target in fragments.targets(list(texts)):
            ran = sandbox.execute("bash", "-e", "-c", shell.prepare(f"swift build --target {target}"), timeout=600)
            if ran.status != 0:
                return [f"{walkthrough.place}: {target} does not compile with these fragments:\n{ran.output[-3000:]}"]
        return []
    for block in walkthrough.blocks:
        if runner_of(block) == "walkthrough":
            faults += verify(page, block, sandbox.run(block.text, LONG_TIMEOUT))
    return faults


def _run_swift(page: Page, block: Block, sandbox: Sandbox, directory: Path) -> list[str]:
    if swift.missing():
        return []
    program = directory / "program"
    linked = swift.link_program(block.text, directory, program)
    if linked.status != 0:
        return [f"{block.place}: {linked.output}"]
    inside = sandbox.put(program)
    sandbox.ensure_lobby()
    return verify(page, block, sandbox.execute(inside, timeout=60))


def _converse(block: Block, sandbox: Sandbox) -> list[str]:
    sandbox.ensure_lobby(max(CLIENTS_MIN, control_lines.connections_in(block.text)))
    connection = ControlConnection(sandbox.control_socket())
    try:
        faults = control_lines.check(block.text, connection.send, connection.answer)
    finally:
        connection.close()
    return [f"{block.line_of(line)}: {fault}" for line, fault in faults]


def _swift_programs(page: Page) -> Iterator[tuple[Block, str]]:
    for block in page.blocks:
        if runner_of(block) in ("library", "beside"):
            yield block, block.text
    for blocks in _parts(page, "swift"):
        yield blocks[0], "".join(block.text for block in blocks)


def _parts(page: Page, language: str) -> list[list[Block]]:
    """The blocks of each program with several parts: blocks with one name, or an article's blocks without a marker."""

    def name(block: Block) -> str:
        return block.marker

    parts = [
        block for block in page.blocks if block.language == language and runner_of(block) in ("program", "article")
    ]
    assert all(PROGRAM.fullmatch(block.marker) or not block.marker for block in parts)
    return [list(group) for _, group in itertools.groupby(sorted(parts, key=name), key=name)]
