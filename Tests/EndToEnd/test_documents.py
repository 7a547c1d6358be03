"""README.md, docs/ and the articles of PandaNet.docc: every block is checked, and every link has a target.

`python3 -m harness.documents` lists the blocks and their checks. `-k PAGE` picks the commands of a page. With --long, or
with LOBBYD_DOCUMENTS_LONG=1, the blocks that take minutes run too.
"""

import shutil

import pytest

from harness.daemon import REPOSITORY
from harness.documents import check, ci, fragments, links, swift, units
from harness.documents.pages import check_index, check_version, read_pages
from harness.documents.runners import runner_of, unclaimed
from harness.documents.sandbox import Impossible, Sandbox
from harness.waiting import IS_SANITIZED

PAGES = read_pages(REPOSITORY)
WALKTHROUGHS = [(page, walkthrough) for page in PAGES for walkthrough in fragments.walkthroughs(page)[0]]

pytestmark = pytest.mark.skipif(IS_SANITIZED, reason="the documents describe programs without a sanitizer")
needs_swift = pytest.mark.skipif(bool(swift.missing()), reason=f"NOT TESTED: {swift.missing()}")


def of_pages(condition):
    """Makes a test for each page that meets the condition. `-k` picks a page by its name."""
    pages = [pytest.param(page, id=page.name) for page in PAGES if condition(page)]
    return pytest.mark.parametrize("page", pages)


@pytest.fixture
def sandbox():
    try:
        made = Sandbox()
    except Impossible as reason:
        pytest.skip(f"NOT TESTED: {reason}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def is_long(request) -> bool:
    return check.runs_long() or request.config.getoption("--long")


def fail_on(faults: list[str]) -> None:
    assert not faults, "\n" + "\n".join(faults)


def test_each_page_can_be_read():
    fail_on([fault for page in PAGES for fault in page.faults])


def test_each_block_has_exactly_one_runner():
    fail_on([fault for page in PAGES for fault in unclaimed(page)])


def test_each_link_has_a_target():
    fail_on([fault for page in PAGES for fault in links.check(page, PAGES, REPOSITORY)])


def test_each_file_in_the_text_exists():
    fail_on([fault for page in PAGES for fault in links.check_files(page, REPOSITORY)])


def test_the_readme_is_short_and_links_each_page():
    fail_on(check_index(REPOSITORY))


def test_the_programs_have_the_newest_version_of_the_changelog():
    fail_on(check_version(REPOSITORY))


def test_the_commands_in_the_text_exist():
    fail_on([fault for page in PAGES for fault in check.check_inline_code(page)])


def test_the_commands_of_the_integration_stand_in_its_script():
    blocks = [block for page in PAGES for block in page.blocks if runner_of(block) == "ci"]
    fail_on([fault for block in blocks for fault in ci.check(block, REPOSITORY)])


def test_the_long_commands_have_their_options():
    fail_on([fault for page in PAGES for fault in check.check_long_commands(page)])


def test_each_configuration_is_valid(tmp_path):
    fail_on([fault for page in PAGES for fault in check.check_configurations(page, tmp_path)])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="NOT TESTED: needs systemd-analyze")
def test_systemd_accepts_each_drop_in(tmp_path):
    faults = []
    for page in PAGES:
        for block in page.blocks:
            if runner_of(block) == "drop-in":
                directory = tmp_path / str(block.line)
                directory.mkdir()
                faults += [f"{block.place}: {fault}" for fault in units.check_drop_in(block.text, directory)]
    fail_on(faults)


@needs_swift
def test_each_swift_program_compiles(tmp_path):
    fail_on([fault for page in PAGES for fault in check.compile_programs(page, tmp_path)])


@of_pages(lambda page: check.needs_sandbox(page, is_long=True))
def test_the_commands_and_programs_of_a_page_run(page, sandbox, tmp_path, is_long):
    fail_on(check.run_blocks(page, sandbox, tmp_path, is_long))


@of_pages(check.has_python_parts)
def test_the_python_parts_of_a_page_run_as_a_program(page, sandbox):
    fail_on(check.run_python_parts(page, sandbox))


def test_the_fragments_of_each_walkthrough_fit():
    faults = [fault for page in PAGES for fault in fragments.walkthroughs(page)[1]]
    for _, walkthrough in WALKTHROUGHS:
        faults += fragments.apply(walkthrough, REPOSITORY)[1]
    fail_on(faults)


@pytest.mark.parametrize(
    ("page", "walkthrough"), [pytest.param(*each, id=f"{each[0].name}-{each[1].name}") for each in WALKTHROUGHS]
)
def test_a_walkthrough_leads_to_code_that_compiles(page, walkthrough, sandbox, is_long):
    fail_on(check.follow_walkthrough(walkthrough, page, REPOSITORY, sandbox, is_long))
