"""What ``tests.plugin`` promises to all tests and examples."""

from pathlib import Path

import pytest
from sybil.example import SybilFailure

from graphnet.ir.graph import current_graph
from graphnet.ir.registry import OPS
from tests.plugin import isolated, run_page

PAGE = """
```python
print({printed!r})
```

```output
{shown}
```
"""


@pytest.mark.parametrize("shown", ["loss 0.5", "loss 0.52", "loss ...", "loss 0.5\n"])
def test_a_page_may_show_fewer_digits(tmp_path: Path, shown: str) -> None:
    """Numbers are compared to the digits shown, and an ellipsis stands for anything."""
    page = tmp_path / "page.md"
    page.write_text(PAGE.format(printed="loss 0.5182", shown=shown.strip()))
    run_page(page)


@pytest.mark.parametrize("shown", ["loss 0.7", "loss", "", "loss 0.5182\nand more"])
def test_a_page_that_shows_something_else_fails(tmp_path: Path, shown: str) -> None:
    """An output block that differs from what was printed is an error that shows both."""
    page = tmp_path / "page.md"
    page.write_text(PAGE.format(printed="loss 0.5182", shown=shown))
    with pytest.raises(SybilFailure, match=r"0\.5182"):
        run_page(page)


def test_isolation_forgets_graph_and_ops() -> None:
    """Neither nodes nor op classes leak from one test to the next."""
    before = dict(OPS)
    outer = current_graph()
    with isolated():
        OPS.clear()
        assert current_graph() is not outer
    assert before == OPS
    assert current_graph() is outer
