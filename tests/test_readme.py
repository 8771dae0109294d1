"""The commands of the README and the links of all pages; ``tests.plugin`` runs their examples."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SET_UP = "python3 -m venv --without-pip .venv && python3 -m pip --python .venv/bin/python install "
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def test_two_commands_do_all_set_up() -> None:
    """The first runs the main example; the second the tests, by which ``.ci/run`` finds it."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    main, tests = (line for line in lines if line.startswith("python3 "))
    assert main.startswith(SET_UP)
    assert main.endswith(" && .venv/bin/python examples/disk.py")
    assert tests.startswith(SET_UP)
    assert tests.endswith(" && .venv/bin/python -m pytest")


def test_links_lead_somewhere() -> None:
    """Every relative link of every page names a file or folder of the project."""
    assert not [
        f"{page.name}: {link}"
        for page in PAGES
        for link in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / link).exists()
    ]
