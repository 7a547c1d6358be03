"""Lists every block of the documents and how it is checked: python3 -m harness.documents [PAGE...]

It checks no block. Tests/EndToEnd/test_documents.py and Tests/Service/test_documents.py check the blocks.
"""

import sys
from collections import Counter
from pathlib import Path

from .links import absolute
from .pages import read_pages
from .runners import RUNNERS, runner_of, unclaimed

ROOT = Path(__file__).resolve().parents[4]


def main(names: list[str]) -> int:
    pages = [page for page in read_pages(ROOT) if not names or page.name in names]
    if unknown := set(names) - {page.name for page in pages}:
        print(f"no page: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 64
    checks = {runner.name: runner.check for runner in RUNNERS}
    blocks = [block for page in pages for block in page.blocks]
    for block in blocks:
        kind = runner_of(block)
        print(f"{block.place:<34} {block.language:<7} {kind or '-':<14} {checks.get(kind, 'UNCLAIMED')}")
    print()
    for kind, count in Counter(runner_of(block) or "unclaimed" for block in blocks).most_common():
        print(f"{count:>4} {kind}")
    outside = absolute(pages)
    links = sum(len(page.links) for page in pages)
    print(f"\n{links} links; these {len(outside)} leave the checkout and are not followed:")
    print("\n".join(outside))
    faults = [fault for page in pages for fault in page.faults + unclaimed(page)]
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
