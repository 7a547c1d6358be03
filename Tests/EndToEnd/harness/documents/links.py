"""Checks the links within the checkout: files, anchors, and the symbols of DocC."""

import posixpath
import re
from pathlib import Path

from .markdown import Page

OUTSIDE = re.compile(r"(https?|mailto):")
LINES = re.compile(r"L(\d+)(?:-L(\d+))?$")
# Inline code that names a file of the checkout, such as `Relay/Router.swift`.
FILE = re.compile(r"(?!\.build/|/|\.\./)[\w.+-]+(?:/[\w.+-]+)+\.(?:swift|py|md|toml|service|socket|catalog)$")
DECLARATION = r"\b(?:class|struct|enum|protocol|actor|typealias|func|var|let|case|macro)\s+`?{}\b"


def check(page: Page, pages: list[Page], root: Path) -> list[str]:
    faults = []
    for link in page.links:
        if not OUTSIDE.match(link.target) and (fault := _check_target(link.target, page, pages, root)):
            faults.append(f"{page.name}:{link.line}: {fault}")
    if page.is_docc:
        module = Path(page.name).parts[1]
        sources = "\n".join(file.read_text(encoding="utf-8") for file in (root / "Sources" / module).rglob("*.swift"))
        for code in page.codes:
            if code.is_symbol and not _is_declared(code.text, module, sources):
                faults.append(f"{page.name}:{code.line}: {module} declares no {code.text}")
    return faults


def check_files(page: Page, root: Path) -> list[str]:
    """Checks that each file in the text exists. Paths begin in the checkout or in Sources."""
    named = [code for code in page.codes if FILE.match(code.text)]
    return [
        f"{page.name}:{code.line}: there is no file {code.text}"
        for code in named
        if not (root / code.text).exists() and not (root / "Sources" / code.text).exists()
    ]


def absolute(pages: list[Page]) -> list[str]:
    """The links that leave the checkout. No test follows them."""
    links = [(page.name, link) for page in pages for link in page.links]
    return [f"{name}:{link.line}: {link.target}" for name, link in links if OUTSIDE.match(link.target)]


def _check_target(target: str, page: Page, pages: list[Page], root: Path) -> str:
    if target.startswith("doc:"):
        article = root / Path(page.name).parent / f"{target.removeprefix('doc:').partition('#')[0]}.md"
        return "" if article.exists() else f"there is no article {target}"
    path, _, anchor = target.partition("#")
    name = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path)) if path else page.name
    if path.startswith("/") or name.startswith(".."):
        return f"the link {target} leaves the checkout"
    file = root / name
    linked = next((other for other in pages if other.name == name), None)
    if linked is None and (not file.exists() or name.startswith(".build")):
        return f"the link {target} leads to no file: there is no {name}"
    if not anchor:
        return ""
    if linked is None and (lines := LINES.match(anchor)):
        last = max(int(number) for number in lines.groups() if number)
        return "" if last <= len(file.read_text(encoding="utf-8").splitlines()) else f"{name} has no line {anchor}"
    if linked is None:
        return f"the link {target} has an anchor in a file that is not a page"
    return "" if anchor in linked.anchors else f"the link {target} leads to no heading: {name} has no anchor {anchor}"


def _is_declared(symbol: str, module: str, sources: str) -> bool:
    """Whether the module declares the last part of a path such as `Type/method(_:)`."""
    name = symbol.rpartition("/")[2].partition("(")[0].partition("-")[0]
    if name == module:
        return True
    return bool(re.search(DECLARATION.format(re.escape(name)), sources)) or (name == "init" and "init(" in sources)
