"""All networks under all rules, sizes of batches and settings: some minutes, and so not collected.

A step of the compiler is not done before these pass: ``pytest tests/compiler/every_network.py``.
"""

import pytest

from tests.compiler.choices import CHOICES, compiling
from tests.compiler.kit import RULES
from tests.compiler.settings import SETTINGS
from tests.compiler.test_networks import ALL, BATCHES, check


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("setting", [*SETTINGS, *CHOICES])
def test_no_setting_changes_any_network(name: str, rule: str, batch: int, setting: str) -> None:
    """Fetches of every run, and all variables behind the last one, are those of the reference."""
    with compiling(setting) as options:
        check(name, rule, batch, options)
