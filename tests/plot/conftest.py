"""Pictures need Matplotlib, which is optional."""

import importlib.util

import pytest


@pytest.fixture(autouse=True)
def _matplotlib() -> None:
    """Skip a test where Matplotlib is missing."""
    if importlib.util.find_spec("matplotlib") is None:
        pytest.skip("needs Matplotlib, the extra `plot`")
