"""The checker of the documents: it accepts correct pages, and reports each kind of fault with file and line."""

import shutil

import pytest

from harness.daemon import REPOSITORY
from harness.documents import check, ci, control_lines, fragments, links, programs, shell, swift, units
from harness.documents.markdown import github_anchor, parse
from harness.documents.output import differs
from harness.documents.pages import check_index, check_version
from harness.documents.runners import RUNNERS, claims, unclaimed
from harness.documents.sandbox import Impossible, Sandbox
from harness.waiting import IS_SANITIZED

pytestmark = pytest.mark.skipif(IS_SANITIZED, reason="the documents describe programs without a sanitizer")
needs_swift = pytest.mark.skipif(bool(swift.missing()), reason=f"NOT TESTED: {swift.missing()}")


def block(language: str, text: str, marker: str = "") -> str:
    comment = f"<!-- {marker} -->\n" if marker else ""
    return f"\n{comment}```{language}\n{text}\n```\n"


@pytest.fixture(scope="module")
def sandbox():
    try:
        made = Sandbox()
    except Impossible as reason:
        pytest.skip(f"NOT TESTED: {reason}")
    yield made
    made.close()


@pytest.fixture
def run(sandbox, tmp_path):
    """Runs a page of the given text. Returns the faults."""
    yield lambda text: check.run_blocks(parse("docs/page.md", text), sandbox, tmp_path)
    sandbox.stop_lobby()


# Reading a page


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (block("", "ls"), "page.md:2: a block without a language"),
        (block("bash", "ls"), "page.md:2: no runner for a block of 'bash' with no marker"),
        (block("sh", "ls", "run: a"), "page.md:3: no runner for a block of 'sh' with the marker 'run: a'"),
        (block("sh", "ls", "A note."), "page.md:3: no runner"),
        (block("text", "a"), "page.md:2: no runner"),
        (block("text", "a", "run: checkout"), "page.md:3: no runner"),
        (block("toml", "", "output"), "page.md:3: no runner"),
        (block("swift", "", "fragment: A.swift before line"), "page.md:3: no runner"),
        ("<!-- output -->\n" + block("sh", "ls"), "page.md:1: the marker 'output' is not directly above"),
        ("<!-- output -->\n" + block("sh", "ls", "run: ci").lstrip(), "page.md:3: no runner"),
        (block("text", "a", "output"), "page.md:3: an output without a command before it"),
        (block("sh", "ls", "run: ci") + block("text", "a", "output"), "page.md:8: an output without a command"),
        ("Text.\n\n```sh\nls\n", "page.md:3: this block is not closed"),
        ("Text.\n\n    ls\n", "page.md:3: an indented block of code"),
        ("A [link][nowhere].\n", "page.md:1: no definition of the link [nowhere]"),
    ],
)
def test_a_fault_of_a_page(text, fault):
    page = parse("docs/page.md", text)
    (found,) = page.faults + unclaimed(page)
    assert found.startswith("docs/") and fault in found


@pytest.mark.parametrize(
    ("name", "language", "marker", "page"),
    [
        ("checkout", "sh", "", "README.md"),
        ("checkout", "sh", "run: checkout", "README.md"),
        ("service", "sh", "run: service", "README.md"),
        ("ci", "sh", "run: ci", "README.md"),
        ("long", "sh", "run: long", "README.md"),
        ("walkthrough", "sh", "run: walkthrough handler", "README.md"),
        ("output", "text", "output", "README.md"),
        ("picture", "text", "picture", "README.md"),
        ("configuration", "toml", "", "README.md"),
        ("client", "python", "", "README.md"),
        ("library", "swift", "", "README.md"),
        ("beside", "swift", "run: beside lobbyd", "README.md"),
        ("program", "swift", "program: server", "README.md"),
        ("article", "swift", "", "Sources/PandaNet/PandaNet.docc/Page.md"),
        ("article", "python", "", "Sources/PandaNet/PandaNet.docc/Page.md"),
        ("fragment", "swift", 'fragment: Sources/A.swift after "let a = 1"', "README.md"),
        ("fragment", "toml", "fragment: a.toml new", "README.md"),
        ("fragment", "swift", 'fragment: Sources/A.swift in place of "a"', "README.md"),
        ("control", "json", "", "README.md"),
        ("drop-in", "ini", "", "README.md"),
    ],
)
def test_one_runner_claims_a_block(name, language, marker, page):
    (found,) = parse(page, block(language, "", marker)).blocks
    assert [runner.name for runner in claims(found)] == [name]


def test_each_runner_is_tried_above():
    tried = {case[0] for case in test_one_runner_claims_a_block.pytestmark[0].args[1]}
    assert tried == {runner.name for runner in RUNNERS}


def test_a_page_is_read_with_its_lines():
    page = parse(
        "docs/page.md",
        "# A page\n\nSee [the *b*](b.md#c) and `lobbyctl\nstatus`.\n\n"
        "<!-- generated: table -->\n<!-- run: ci -->\n```sh\n# no heading\n```\n\n## A page\n\n1. Item:\n\n"
        "    ```toml\n    a = 1\n    ```\n",
    )
    assert (page.faults, unclaimed(page)) == ([], [])
    assert [heading.anchor for heading in page.headings] == ["a-page", "a-page-1"]
    assert [(link.line, link.target) for link in page.links] == [(3, "b.md#c")]
    assert [(code.line, code.text) for code in page.codes] == [(3, "lobbyctl status")]
    assert [(found.line, found.markers, found.section) for found in page.blocks] == [
        (8, ("run: ci",), ""),
        (16, (), "A page"),
    ]
    assert page.blocks[1].text == "a = 1\n"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Close reasons", "close-reasons"),
        ("`[relay]`", "relay"),
        ("`[[route]]`: rules & more", "route-rules--more"),
        ("UDP – proven, *and* unproven_ports", "udp--proven-and-unproven_ports"),
        ("[The link](a.md) of 0.1.0", "the-link-of-010"),
        ("Größe", "größe"),
    ],
)
def test_the_anchor_of_a_heading_is_that_of_github(heading, anchor):
    assert github_anchor(heading) == anchor


# Links


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[a](../README.md)", ""),
        ("[a](../Sources/Control/Version.swift#L1)", ""),
        ("[a](#here) and [b](page.md#here)", ""),
        ("[a](https://example.org/#x)", ""),
        ("[a][b]\n\n[b]: other.md", "leads to no file: there is no docs/other.md"),
        ("[a](nowhere.md)", "leads to no file: there is no docs/nowhere.md"),
        ('<img src="nowhere.png">', "leads to no file"),
        ("[a](#there)", "leads to no heading: docs/page.md has no anchor there"),
        ("[a](page.md#there)", "leads to no heading"),
        ("[a](../Sources/Control/Version.swift#L1000)", "has no line L1000"),
        ("[a](../Package.swift#here)", "an anchor in a file that is not a page"),
        ("[a](../../x)", "leaves the checkout"),
    ],
)
def test_links(text, fault):
    page = parse("docs/page.md", f"# Here\n\n{text}\n")
    found = links.check(page, [page], REPOSITORY)
    assert len(found) == bool(fault)
    assert all(one.startswith("docs/page.md:") and fault in one for one in found)


def test_files_in_the_text():
    text = "`Relay/Router.swift` `docs/routes.md` `/etc/lobbyd/lobbyd.toml` `Router.swift`\n`Relay/Nowhere.swift`"
    page = parse("docs/page.md", f"# Here\n\n{text}\n")
    assert links.check_files(page, REPOSITORY) == ["docs/page.md:4: there is no file Relay/Nowhere.swift"]


def test_links_of_an_article():
    name = "Sources/PandaNet/PandaNet.docc/Page.md"
    found = "<doc:FromPythonToSwift> ``ConnectionWriter`` ``PandaNet``"
    page = parse(name, f"{found}\n\n<doc:Nowhere> ``ConnectionWriter/no(_:)``\n")
    assert links.check(page, [page], REPOSITORY) == [
        f"{name}:3: there is no article doc:Nowhere",
        f"{name}:3: PandaNet declares no ConnectionWriter/no(_:)",
    ]


# Commands that are only mentioned


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("lobbyctl status", ""),
        ("lobbyctl --json list --sort bytes-out --reverse", ""),
        ("lobbyctl kick ID --reason 'a b'", ""),
        ("lobbyctl COMMAND --json", ""),
        ("lobbyctl bench --connections 100 --window=16", ""),
        ("lobbyd --config FILE --check", ""),
        ("sudo lobbyctl stats", ""),
        ("lobbyctl stats | grep -w udp_runts", ""),
        ("scripts/test [unit | e2e] [--filter REGEX]", ""),
        ("lobbyctl --generate-completion-script bash", ""),
        ("scripts/run --log-level debug", ""),
        ("scripts/test unit --sanitize=thread --filter REGEX", ""),
        ("scripts/bench e2e --only flood,wide", ""),
        ("scripts/NAME", ""),
        ("scripts/support/folders --root DIRECTORY", ""),
        ("lobbyctl statsu", "there is no command statsu"),
        ("lobbyctl --sort status", "there is no option --sort"),
        ("lobbyctl status --sort age", "there is no option --sort"),
        ("/usr/bin/lobbyctl list --order age", "there is no option --order"),
        ("lobbyd --chek", "there is no option --chek"),
        ("scripts/tests", "there is no scripts/tests"),
        ("scripts/test --fliter X", "scripts/test has no option --fliter"),
        ("scripts/run --log-lever debug", "scripts/run has no option --log-lever"),
        ("scripts/debian --help", "scripts/debian is not a program"),
    ],
)
def test_inline_code(command, fault):
    found = check.check_inline_code(parse("docs/page.md", f"Text.\nUse `{command}`.\n"))
    assert programs.is_checked(command) and len(found) == bool(fault)
    assert all(one.startswith("docs/page.md:2: ") and fault in one for one in found)


def test_commands_of_the_integration():
    text = "scripts/check\nscripts/test all   # every test\n.ci/run\nscripts/package\nscripts/generate --check"
    page = parse("docs/page.md", block("sh", text, "run: ci") + block("sh", "scripts/test some", "run: ci"))
    right, wrong = page.blocks
    assert ci.check(right, REPOSITORY) == []
    (fault,) = ci.check(wrong, REPOSITORY)
    assert fault.startswith("docs/page.md:12: 'scripts/test some' is not in")


def test_long_commands():
    text = block("sh", "N=1 scripts/soak 5\nscripts/bench \\\n    --quicker", "run: long")
    (fault,) = check.check_long_commands(parse("docs/page.md", text))
    assert "docs/page.md:3" in fault and "scripts/bench has no option --quicker" in fault


# Blocks that run


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a 1 b", "a 234 b\n"),
        ("p50   3,008.5", "p50  12,877.9"),
        ("at …:12", "at /etc/lobbyd.toml:7"),
        ("a\n…\nz", "a\nb\nc\nz"),
        ("a\n…\nz", "a\nz"),
        ("…", ""),
        ("…\nb\n…\nd", "a\nb\nc\nb\nd"),
        ("(a*) [b]", "(a*) [b]"),
    ],
)
def test_an_output_that_matches(shown, printed):
    assert differs(shown, printed) == ""


@pytest.mark.parametrize(
    ("shown", "printed", "line"),
    [
        ("a", "b", "'a'"),
        ("a", "", "'a'"),
        ("a", "a\nb", "'the end'"),
        ("a\nb", "a", "'b'"),
        ("a 1", "a x", "'a 1'"),
        ("a…c", "abd", "'a…c'"),
        ("a\n…\nz", "a\nb", "'z'"),
        ("…\nb", "b\nc", "'the end'"),
    ],
)
def test_an_output_that_differs(shown, printed, line):
    assert differs(shown, printed).startswith(f"no match for {line}")


def test_commands_of_a_page_in_order(run):
    assert run(
        block("sh", "mkdir page\necho a >page/file   # a scratch checkout", "run: checkout")
        + block("sh", "sudo cat page/file\n.build/release/lobbyctl show 5 | head -n 1")
        + block("text", "a\nconnection  1", "output")
        + block("sh", "sudo .build/release/lobbyctl top --count 3\n.build/release/lobbyctl drain")
        + block("python", "print('one', 1)")
        + block("text", "one 22", "output")
    ) == []
    assert not (REPOSITORY / "page").exists()


def test_a_lobbyd_of_the_page_serves_its_later_blocks(run):
    assert run(
        block("sh", "echo 'relay.default = \"echo\"' >page.toml\nscripts/run --config page.toml --log-format text")
        + block("text", "…\n… notice ready …\n…", "output")
        + block("sh", ".build/release/lobbyctl status | grep page.toml")
    ) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (block("sh", "true\nfalse\ntrue"), "docs/page.md:2: it ended with 1"),
        (block("sh", "lobbyctle"), "docs/page.md:2: it ended with 127"),
        (block("sh", ".build/release/lobbyctl show 5000"), "docs/page.md:2: it ended with 1"),
        (block("sh", "scripts/run --config nowhere.toml"), "before it printed 'ready'"),
        (block("sh", ".build/release/lobbyctl --socket /nowhere top"), "docs/page.md:2: it ended with 71"),
        (block("sh", "echo a") + block("text", "b", "output"), "docs/page.md:7: no match for 'b'"),
        (block("python", "import nothing"), "docs/page.md:2: it ended with 1"),
        (block("json", '{"version": 1, "command": "a"}\n{"version": 1, "ok": true, …}'), "docs/page.md:4: ok is false"),
    ],
)
def test_a_block_that_fails(run, text, fault):
    faults = run(text)
    assert faults and fault in faults[0]


def test_the_control_protocol(run):
    request = '{"version": 1, "command": "show", "id": %d}\n'
    right = '{"version": 1, "ok": true, "more": false, "result": {"id": 7, "traffic": {…}, …}}'
    wrong = '{"version": 1, "ok": false, "error": {"code": "notFound", "message": "… no connection 1 …"}}'
    assert run(block("json", request % 7 + right) + block("json", request % 99 + wrong)) == []


@pytest.mark.parametrize(
    ("shown", "answer", "fault"),
    [
        ('{"ok": true, "a": [1, …], …}', {"ok": True, "a": [3, 4], "b": None}, ""),
        ('{"ok": true, "a": …}', {"ok": True, "a": {"b": 1}}, ""),
        ('{"ok": true, "a": null}', {"ok": True, "a": 5}, ""),
        ('{"ok": true, "a": 1}', {"ok": True}, "the answer has no member a"),
        ('{"ok": true}', {"ok": True, "a": 1}, "the answer also has a"),
        ('{"ok": true, "a": {"b": 1}}', {"ok": True, "a": {"b": "1"}}, 'a.b is "1"'),
        ('{"ok": true, "a": [1]}', {"ok": True, "a": [1, 2]}, "a has 2 elements"),
        ('{"ok": true, "a": [1, 2, …]}', {"ok": True, "a": [1]}, "a has 1 elements"),
        ('{"ok": false, "code": "x"}', {"ok": False, "code": "y"}, 'code is "y"'),
        ('{"ok": true}', None, "no answer"),
        ('{"name": 1}', None, "neither a request with a command nor an answer"),
        ('{"ok": true', None, "not JSON"),
    ],
)
def test_answers_of_the_control_protocol(shown, answer, fault):
    text = '{"version": 1, "command": "stats"}\n' + shown
    faults = control_lines.check(text, lambda _: None, lambda: answer)
    assert [fault in found for _, found in faults] == [True] * bool(fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (block("toml", "[relay]\ndefault = 'echo'"), ""),
        (block("toml", "[relay]\ndefault = 1") + block("text", "lobbyd.toml:2:11: …", "output"), ""),
        (block("toml", "[relay]\ndefaults = 'echo'"), "docs/page.md:2: it ended with 78"),
        (block("toml", "[relay]\ndefault = 1") + block("text", "another error", "output"), "docs/page.md:8: no match"),
    ],
)
def test_configurations(tmp_path, text, fault):
    faults = check.check_configurations(parse("docs/page.md", text), tmp_path)
    assert [fault in found for found in faults] == [True] * bool(fault)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="NOT TESTED: needs systemd-analyze")
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[Service]\nLimitNOFILE=20000\n", ""),
        ("[Socket]\nListenStream=\nListenStream=700\n", ""),
        ("[Service]\nLimitNOFILES=20000\n", "Unknown key"),
        ("[Socket]\nListenStream=x:y:z\n", "lobbyd.socket:2"),
        ("[Services]\n", "none of the sections"),
    ],
)
def test_drop_ins(tmp_path, text, fault):
    assert [fault in found for found in units.check_drop_in(text, tmp_path)] == [True] * bool(fault)


def test_commands_that_run_for_ever():
    text = "scripts/run   # it serves\ncat <<END >x\nscripts/run\nEND\nsudo journalctl -u lobbyd -f\nlobbyctl list\n"
    prepared = shell.prepare(text).removeprefix(shell.PRELUDE).splitlines()
    assert prepared[0].startswith("checker_serve 'ready' scripts/run") and prepared[2] == "scripts/run"
    assert prepared[4] == "checker_view '.' sudo journalctl -u lobbyd -f" and prepared[5] == "lobbyctl list"
    assert shell.serves_lobby(text) and shell.serves_lobby("sudo .build/release/lobbyd --config a.toml")
    assert not shell.serves_lobby("scripts/run --help\n.build/release/lobbyd --config a.toml --check")


# Swift


@needs_swift
@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("docs/page.md", block("swift", "import PandaNet\nlet manager = QueuedConnectionManager()"), ""),
        ("docs/page.md", block("swift", "import PandaNet\nlet manager = QueuedManager()"), "main.swift:2:15: error:"),
        ("docs/page.md", block("swift", "func a() { let b = 1 }"), "never used"),
        ("docs/page.md", block("swift", "let a = 1", "program: x") + block("swift", "print(a)", "program: x"), ""),
        ("docs/page.md", block("swift", "let a = 1", "program: x") + block("swift", "a", "program: y"), "find 'a'"),
        ("Sources/PandaNet/PandaNet.docc/A.md", block("swift", "let a = 1") + block("swift", "print(a)"), ""),
        ("Sources/PandaNet/PandaNet.docc/A.md", block("swift", "let a = 1") + block("swift", "print(b)"), "find 'b'"),
    ],
)
def test_swift_programs(tmp_path, name, text, fault):
    faults = check.compile_programs(parse(name, text), tmp_path)
    assert [fault in found for found in faults] == [True] * bool(fault)


@needs_swift
def test_a_swift_program_beside_lobbyd(run):
    client = "import PandaNet\nlet manager = QueuedConnectionManager()\n" + (
        'let server = try manager.openTCPClientConnection(host: "localhost", port: %d, timeout: .seconds(3))\n'
        'print("connected", manager.closeConnection(server))'
    )
    output = block("text", "connected true", "output")
    assert run(block("swift", client % 9099, "run: beside lobbyd") + output) == []
    (fault,) = run(block("swift", client % 9098, "run: beside lobbyd") + output)
    assert fault.startswith("docs/page.md:3: it ended with")


# Walkthroughs

WIRE = "Sources/Wire/Framing+UDP.swift"
END = block("sh", "swift test --filter WireTests", "run: walkthrough wire")


def section(*parts: str) -> str:
    return "## A section\n" + "".join(parts)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (section(block("swift", "let a = 1", "fragment: Sources/Wire/A.swift new"), END), ""),
        (
            section(
                block("swift", "let a = 1", "fragment: Sources/Wire/A.swift new"),
                block("swift", "let b = 1", 'fragment: Sources/Wire/A.swift after "let a"'),
                END,
            ),
            "",
        ),
        (section(block("swift", "", f"fragment: {WIRE} new"), END), f"docs/page.md:4: {WIRE} already exists"),
        (section(block("swift", "", 'fragment: Sources/A.swift after "x"'), END), "there is no Sources/A.swift"),
        (section(block("swift", "", f'fragment: {WIRE} after "no such line"'), END), "0 lines of"),
        (section(block("swift", "", f'fragment: {WIRE} after "e"'), END), "lines of Sources/Wire"),
        (section(block("swift", "", "fragment: Sources/A.swift new")), "has fragments and no commands"),
        (section(END, END.replace(" wire", " water")), "commands of several walkthroughs: water, wire"),
    ],
)
def test_fragments(text, fault):
    found, faults = fragments.walkthroughs(parse("docs/page.md", text))
    faults = faults + [one for walkthrough in found for one in fragments.apply(walkthrough, REPOSITORY)[1]]
    assert [fault in found for found in faults] == [True] * bool(fault)


def test_a_fragment_stands_after_its_line_or_in_place_of_it():
    text = section(
        block("toml", "a = 1\nb = 2\nd = 4", "fragment: new.toml new"),
        block("toml", "c = 3", 'fragment: new.toml after "a ="'),
        block("toml", "e = 5\nf = 6", 'fragment: new.toml in place of "d = 4"'),
        END,
    )
    ((walkthrough,), _) = fragments.walkthroughs(parse("docs/page.md", text))
    assert fragments.apply(walkthrough, REPOSITORY) == ({"new.toml": "a = 1\nc = 3\nb = 2\ne = 5\nf = 6\n"}, [])


@needs_swift
def test_a_walkthrough_that_does_not_compile(sandbox):
    page = parse("docs/page.md", section(block("swift", "let a = b", "fragment: Sources/Wire/Page.swift new"), END))
    ((walkthrough,), _) = fragments.walkthroughs(page)
    (fault,) = check.follow_walkthrough(walkthrough, page, REPOSITORY, sandbox, is_long=False)
    assert fault.startswith("docs/page.md:4: Wire does not compile") and "cannot find 'b'" in fault
    assert not (REPOSITORY / "Sources" / "Wire" / "Page.swift").exists()


# The whole


def test_the_index_of_the_readme(tmp_path):
    (tmp_path / "docs").mkdir()
    for name in ("a", "b"):
        (tmp_path / "docs" / f"{name}.md").write_text("# A page\n")
    (tmp_path / "README.md").write_text("[a](docs/a.md#a-page)\n" * 200)
    assert check_index(tmp_path) == ["README.md: no link to docs/b.md"]
    (tmp_path / "README.md").write_text("[a](docs/a.md), [b](docs/b.md)\n" * 201)
    assert check_index(tmp_path) == ["README.md has 201 lines; the limit is 200"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ("# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-01-31\n\n## [0.1.0] - 2025-01-31\n", ""),
        ("# Changelog\n\n## [0.1.0] - 2025-01-31\n", "CHANGELOG.md:3: the newest release is 0.1.0"),
        ("# Changelog\n\n## [Unreleased]\n", "CHANGELOG.md: no released version"),
    ],
)
def test_the_version_of_the_changelog(tmp_path, changes, fault):
    version = tmp_path / "Sources" / "Control" / "Version.swift"
    version.parent.mkdir(parents=True)
    version.write_text('    static let text = "0.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(changes)
    assert [fault in found for found in check_version(tmp_path)] == [True] * bool(fault)
