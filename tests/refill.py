"""Writes what the examples of Markdown pages print into their ``output`` blocks.

``python -m tests.refill README.md docs/how-it-works/*.md``, then read the difference: the pages
show real output, and a change of an op or a pass changes it.
"""

import re
import sys
from pathlib import Path

from tests.plugin import difference, run_page

BLOCK = re.compile(r"(?<=^```output\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def refill(path: Path) -> bool:
    """Rewrite the output blocks that do not show what is printed; say if there were any."""
    outputs: list[str] = []

    def collect(shown: str, got: str) -> None:
        outputs.append(got if difference(shown, got) else shown)

    run_page(path, collect)
    before = path.read_text("utf-8")
    blocks = iter(outputs)
    after = BLOCK.sub(lambda _: next(blocks), before)
    path.write_text(after, "utf-8")
    return after != before


def main() -> None:
    """Refill the pages named on the command line."""
    for name in sys.argv[1:]:
        sys.stdout.write(f"{name}: {'rewritten' if refill(Path(name)) else 'as it was'}\n")


if __name__ == "__main__":
    main()
