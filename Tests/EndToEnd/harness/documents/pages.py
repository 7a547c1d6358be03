"""The set of documents: README.md, CHANGELOG.md, docs/ and the articles of PandaNet.docc."""

import subprocess
from pathlib import Path

from .markdown import Page, read_page

PATTERNS = ("README.md", "CHANGELOG.md", "docs/*.md", "Sources/*/*.docc/*.md")
README_LINES_MAX = 200


def read_pages(root: Path) -> list[Page]:
    files = [file for pattern in PATTERNS for file in sorted(root.glob(pattern))]
    return [read_page(file, root) for file in files]


def tracked_files(root: Path) -> list[Path]:
    """The files of the checkout, relative to `root`. Files that git ignores are left out."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name and (root / name).exists()]


def check_index(root: Path) -> list[str]:
    """Checks that README.md is short and links every page of docs/."""
    readme = read_page(root / "README.md", root)
    faults = []
    lines = len((root / "README.md").read_text(encoding="utf-8").splitlines())
    if lines > README_LINES_MAX:
        faults.append(f"README.md has {lines} lines; the limit is {README_LINES_MAX}")
    linked = {link.target.partition("#")[0].removeprefix("./") for link in readme.links}
    for file in sorted((root / "docs").glob("*.md")):
        if f"docs/{file.name}" not in linked:
            faults.append(f"README.md: no link to docs/{file.name}")
    return faults


def check_version(root: Path) -> list[str]:
    """Checks that the newest release in CHANGELOG.md has the version in Sources/Control/Version.swift."""
    file = root / "CHANGELOG.md"
    if not file.exists():
        return ["there is no CHANGELOG.md"]
    source = (root / "Sources" / "Control" / "Version.swift").read_text(encoding="utf-8")
    version = source.partition('static let text = "')[2].partition('"')[0]
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## [") and not line.startswith("## [Unreleased]"):
            released = line.removeprefix("## [").partition("]")[0]
            if released == version:
                return []
            return [f"CHANGELOG.md:{number}: the newest release is {released}, Version.swift has {version}"]
    return ["CHANGELOG.md: no released version: a release has a heading such as '## [0.1.0] - 2026-01-31'"]
