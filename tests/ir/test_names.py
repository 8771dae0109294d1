"""Names: unique labels, scopes, and what is not a name."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.errors import NameClashError
from graphnet.ir.names import Names, check_name


def placed(name: str | None = None) -> str:
    """Declare a placeholder, and give its name."""
    return gn.placeholder((), name=name).name


def test_a_name_that_is_taken_gets_a_number() -> None:
    """The first keeps the name, the others are counted, also past names that look counted."""
    assert [placed("x") for _ in range(3)] == ["x", "x_1", "x_2"]
    assert placed("x_1") == "x_1_1"
    assert placed("y_1") == "y_1"
    assert [placed("y"), placed("y")] == ["y", "y_2"]


def test_names_are_compared_without_case() -> None:
    """A name that differs in case only is taken."""
    assert [placed("Dense"), placed("dense")] == ["Dense", "dense_1"]


def test_without_a_name_a_node_is_named_like_its_op() -> None:
    """The op gives the label."""
    assert [placed(), placed()] == ["placeholder", "placeholder_1"]


@given(st.lists(st.sampled_from(["a", "A", "a_1", "a_1_1", "b", "a/b", "a_2"]), max_size=30))
def test_names_are_always_unique(wanted: list[str]) -> None:
    """However names are asked for, no two are equal, and each begins with what was asked for."""
    names = Names()
    given_out = [names.unique(name) for name in wanted]
    assert len({name.lower() for name in given_out}) == len(wanted)
    assert all(found.startswith(name) for found, name in zip(given_out, wanted, strict=True))


def test_names_are_found_in_constant_time() -> None:
    """Ten thousand equal names do not search through each other."""
    names = Names()
    assert [names.unique("x") for _ in range(10_000)][-1] == "x_9999"
    assert len(names.counts) == 10_000


def test_scopes_nest() -> None:
    """Inner scopes stand behind outer ones, and both end with their block."""
    with gn.name_scope("a") as outer:
        with gn.name_scope("b") as inner:
            assert placed("x") == "a/b/x"
        assert placed("x") == "a/x"
    assert placed("x") == "x"
    assert (outer, inner) == ("a/", "a/b/")


def test_a_scope_can_be_entered_again() -> None:
    """A scope with a slash at its end is taken from the root, where it was."""
    with gn.name_scope("a") as scope:
        placed("x")
    with gn.name_scope("b"), gn.name_scope(scope):
        assert placed("x") == "a/x_1"


def test_an_empty_scope_leaves_all_scopes() -> None:
    """The empty name leads to the root for the length of its block."""
    with gn.name_scope("a"):
        with gn.name_scope(""):
            assert placed("x") == "x"
        assert placed("x") == "a/x"


def test_a_scope_ends_with_an_error_too() -> None:
    """An exception does not leave the scope behind."""
    with pytest.raises(KeyError), gn.name_scope("a"):
        raise KeyError
    assert placed("x") == "x"


def test_scopes_belong_to_a_thread() -> None:
    """Another thread does not stand in the scope."""
    found: list[str] = []
    graph = gn.Graph()

    def work() -> None:
        with graph:
            found.append(placed("x"))

    with gn.name_scope("a"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == ["x"]


@pytest.mark.parametrize("name", ["x", "X1", "0", ".x", "a/b-c_d.e", "a/"])
def test_labels_may_hold_paths(name: str) -> None:
    """Letters, digits, and the signs of paths make a name."""
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "_x", "/x", "-x", "x y", "ö", "x:1", "x\n", 3, None, b"x"])
def test_other_labels_are_refused(name: Any) -> None:
    """The message says what a name is made of."""
    with pytest.raises(NameClashError) as caught:
        check_name(name)
    assert str(caught.value) == (
        f"{name!r} is not a valid name\n"
        "hint: a name starts with a letter, a digit or '.', and goes on with these or '_', '-', '/'"
    )


def test_a_scope_must_have_a_valid_name() -> None:
    """A scope is checked as names are."""
    with pytest.raises(NameClashError, match="'two words' is not a valid name"):
        gn.name_scope("two words").__enter__()
