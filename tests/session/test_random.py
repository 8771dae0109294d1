"""Draws follow from seed, name and step alone."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ExecutionError
from graphnet.typing import Array

BOTH = pytest.mark.parametrize("optimize", [True, False])


def draws(seed: int, *, optimize: bool = True, runs: int = 3) -> list[Array]:
    """Give the draws of some runs of a graph of its own."""
    with gn.Graph(), gn.Session(seed=seed, optimize=optimize) as session:
        noise = gn.random.normal((3,), name="noise")
        return [session.run(noise) for _ in range(runs)]


@BOTH
def test_equal_seeds_give_equal_draws(optimize: bool) -> None:
    """The same seed gives the same numbers, another seed others."""
    assert np.array_equal(draws(1, optimize=optimize), draws(1))
    assert not np.any(np.equal(draws(2, optimize=optimize), draws(1)))


def test_sessions_without_a_seed_differ() -> None:
    """Each gets a seed of its own, which it can be asked for."""
    with gn.Graph():
        noise = gn.random.normal((3,), name="noise")
        with gn.Session() as one, gn.Session() as other:
            first, second = one.run(noise), other.run(noise)
            assert one.seed != other.seed
        with gn.Session(seed=one.seed) as again:
            assert np.array_equal(again.run(noise), first)
    assert not np.any(first == second)


@pytest.mark.parametrize("seed", [0, 1, 2**63, 2**64 - 1, np.int64(5)], ids=str)
def test_any_seed_will_do(seed: int) -> None:
    """Small and large seeds give draws, and different ones."""
    assert not np.any(np.equal(draws(seed, runs=1), draws(7, runs=1)))


@BOTH
def test_steps_count_the_runs_that_draw(optimize: bool) -> None:
    """A step passes with every run that draws, in whatever way it is run, and with no other."""
    noise, plain = gn.random.uniform((2,), name="noise"), gn.constant(1.0) * 2
    with gn.Session(seed=1, optimize=optimize) as session:
        compiled = session.compile(noise)
        found = []
        for number in range(3):
            session.run(plain)
            session.run(plain, {noise: [1.0, 2.0]})
            found.append(compiled() if number == 1 else session.run(noise))
        assert session.step == 3
    with gn.Session(seed=1) as session:
        for wanted in found:
            assert np.array_equal(session.run(noise), wanted)
    assert len({tuple(result) for result in found}) == 3


@BOTH
def test_a_draw_is_one_value_in_a_run(optimize: bool) -> None:
    """All that use a draw see the same numbers; two draws are two."""
    noise, other = gn.random.uniform((2,), name="noise"), gn.random.uniform((2,), name="other")
    with gn.Session(optimize=optimize) as session:
        first, double, second = session.run([noise, noise * 2, other])
        assert np.array_equal(first * 2, double)
        assert not np.any(first == second)


@BOTH
def test_adding_an_op_does_not_change_the_draws_of_another(optimize: bool) -> None:
    """Not in the run, not in the graph, and not in the order of declaration."""
    alone = draws(1, optimize=optimize)
    with gn.Graph(), gn.Session(seed=1, optimize=optimize) as session:
        before = gn.random.normal((3,), name="before")
        noise = gn.random.normal((3,), name="noise")
        after = gn.random.uniform((3,), name="after") + noise
        for wanted in alone:
            assert np.array_equal(session.run([after, noise, before])[1], wanted)


def test_larger_draws_begin_with_the_smaller_ones() -> None:
    """A draw depends on its place in the array, not on the array's size."""
    like = gn.placeholder((None,), name="like")
    noise = gn.dropout(gn.ones_like(like), 0.5)
    small, large = (gn.evaluate(noise, {like: np.zeros(size, np.float32)}) for size in (10, 20))
    assert np.array_equal(large[:10], small)


def test_initial_values_do_not_depend_on_steps() -> None:
    """A variable starts from the same draws, however many runs there were before."""
    start = gn.random.normal((2,), name="start")
    variable, noise = gn.Variable(start, name="v"), gn.random.normal((2,), name="noise")
    with gn.Session(seed=1) as session:
        expected = session.run(variable)
        assert session.step == 0
        drawn = session.run([noise, start])
    with gn.Session(seed=1) as session:
        assert np.array_equal(session.run([noise, start]), drawn)
        session.run(noise)
        assert np.array_equal(session.run(variable), expected)
    assert not np.any(drawn[1] == expected)


def test_a_failed_run_counts_no_step() -> None:
    """What is run again after a failure draws the numbers that it would have drawn."""
    x = gn.placeholder((), name="x")
    noise = gn.random.uniform((2,), name="noise")
    broken = [True, False]

    def fail(array: Array) -> Array:
        if broken.pop(0):
            raise ValueError("no")
        return array + 0

    call = gn.py_call(fail, [noise], gn.float32, (2,), stateful=True)
    with gn.Session(seed=1) as session:
        expected = session.run([noise, noise + x], {x: 0.0})[0]
    with gn.Session(seed=1) as session:
        with pytest.raises(ExecutionError):
            session.run([noise, call])
        assert session.step == 0
        assert np.array_equal(session.run([noise, call])[0], expected)
        assert session.step == 1
