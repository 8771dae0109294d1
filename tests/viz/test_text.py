"""Widths of texts, and what of them is shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.viz.text import shorten, visible, width, wrap

names = st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "bold", "expected"),
    [
        ("", False, 0.0),
        ("Hello", False, 22.78),
        ("Hello", True, 24.45),
        ("漢字", False, 20.0),
        ("e\u0301", False, 5.56),
        ("→", False, 10.0),
        ("é", False, 5.56),
        ("я", False, 6.0),
    ],
)
def test_widths_are_those_of_helvetica(text: str, bold: bool, expected: float) -> None:
    """Wide characters take an em, combining ones nothing."""
    assert width(text, 10, bold=bold) == pytest.approx(expected)


@given(names, names)
def test_widths_add_up(one: str, other: str) -> None:
    """The width of a text is that of its parts, and grows with the font."""
    assert width(one + other, 10) == pytest.approx(width(one, 10) + width(other, 10))
    assert width(one, 20) == pytest.approx(2 * width(one, 10))


@given(names)
def test_what_is_visible_can_be_in_xml(name: str) -> None:
    """No control characters, no ends of lines, nothing that turns the direction of writing."""
    shown = visible(name)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufffe\uffff]", shown)
    assert visible(shown) == shown


def test_hidden_characters_are_written_as_in_python() -> None:
    """The others stay."""
    assert visible("a\n\x00\u202eb ü漢😀") == r"a\n\x00\u202eb ü漢😀"


@given(names, st.floats(0, 300), st.booleans())
def test_short_texts_fit(name: str, room: float, bold: bool) -> None:
    """Ends of the text stay, as much of them as there is room for."""
    short = shorten(name, room, 10, bold=bold)
    if short == name:
        assert width(name, 10, bold=bold) <= room
    else:
        start, end = short.split("…") if "…" not in name else ("", "")
        assert width(short, 10, bold=bold) <= max(room, 10)
        assert name.startswith(start)
        assert name.endswith(end)


def test_both_ends_of_a_long_name_stay() -> None:
    """Names differ at both ends."""
    short = shorten("encoder/" + "x" * 100 + "/kernel_7", 120, 10)
    assert short.startswith("encoder/")
    assert short.endswith("/kernel_7")


def test_no_accent_is_left_without_its_letter() -> None:
    """What combines with the last character that is left out goes with it."""
    short = shorten("a" * 20 + "e\u0301" * 20, 50, 10)
    assert not re.search("…\u0301", short)


@given(st.text(max_size=200).map(visible), st.floats(20, 200))
def test_lines_fit(name: str, room: float) -> None:
    """Three lines at most, none too wide."""
    lines = wrap(name, room, 10)
    assert 1 <= len(lines) <= 3
    assert all(width(line, 10) <= room for line in lines)


@given(st.text("abc_/,= ", max_size=50))
def test_lines_keep_every_word(name: str) -> None:
    """Breaking a line takes nothing away but blanks."""
    lines = wrap(name, 100, 10, lines=9)
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")


def test_lines_break_between_words() -> None:
    """After slashes, commas and blanks, where that is possible."""
    assert wrap("model/encoder/layer", 70, 10) == ["model/encoder/", "layer"]
    assert wrap("x" * 30, 60, 10) == ["x" * 12, "x" * 12, "x" * 6]
