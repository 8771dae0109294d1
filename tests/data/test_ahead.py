"""Prefetching: the same items, errors where they happen, and no thread that stays."""

import signal
import threading
import traceback
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.data import batches, prefetch


def threads() -> list[threading.Thread]:
    """Give the threads that prefetch."""
    return [thread for thread in threading.enumerate() if "prefetch" in thread.name]


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    """Make sure that every test ends without a thread."""
    yield
    assert not threads()


def endless(made: list[int]) -> Iterator[int]:
    """Count, and note what was asked for."""
    while True:
        made.append(len(made))
        yield made[-1]


@given(st.lists(st.integers()), st.integers(1, 5))
def test_items_and_order_stay(items: list[int], count: int) -> None:
    """Whatever the items and however many are made ahead; the iterable may be any."""
    assert list(prefetch(items, count)) == items
    assert list(prefetch((item for item in items), count)) == items
    assert not threads()


@given(st.integers(0, 50), st.integers(1, 20), st.booleans(), st.booleans(), st.integers(1, 4))
def test_batches_stay(count: int, size: int, shuffle: bool, drop_last: bool, ahead: int) -> None:
    """Batches made ahead are those made in the loop, over several epochs."""
    arrays = (np.arange(count), np.arange(count) / 7)
    plain = batches(arrays, size, shuffle=shuffle, seed=3, drop_last=drop_last)
    early = batches(arrays, size, shuffle=shuffle, seed=3, drop_last=drop_last, prefetch=ahead)
    for _ in range(2):
        for found, wanted in zip(early, plain, strict=True):
            assert all(map(np.array_equal, found, wanted))
            assert all(map(np.shares_memory, found, arrays)) or shuffle
    assert early.epoch == plain.epoch == 2
    assert len(early) == len(plain)


def test_epochs_begin_with_iter() -> None:
    """The order of iterations side by side is that of their beginning, as without threads."""
    early = batches(np.arange(30), 30, seed=1, prefetch=2)
    plain = batches(np.arange(30), 30, seed=1)
    first, second = iter(early), iter(early)
    later, earlier = next(second), next(first)
    assert np.array_equal(earlier, next(iter(plain)))
    assert np.array_equal(later, next(iter(plain)))
    del first, second


def test_what_is_not_begun_has_no_thread() -> None:
    """The thread starts with the first item."""
    made: list[int] = []
    waiting = prefetch(endless(made), 2)
    assert not threads()
    assert next(waiting) == 0
    assert len(threads()) == 1
    del waiting


def test_a_thread_prepares_as_many_items_as_asked_for() -> None:
    """No more than ``count`` items are made beyond the one that the loop has."""
    made: list[int] = []
    enough, names = threading.Event(), set()

    def source() -> Iterator[int]:
        for item in endless(made):
            names.add(threading.current_thread())
            if item == 3:
                enough.set()
            yield item

    waiting = prefetch(source(), 3)
    assert next(waiting) == 0
    assert enough.wait(60)
    assert made == [0, 1, 2, 3]
    assert threading.current_thread() not in names
    del waiting


def failing() -> Iterator[int]:
    """Give two items, then fail."""
    yield 0
    yield 1
    raise OSError("the disk is gone")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_an_error_comes_where_it_happened(count: int) -> None:
    """Items before it are given; its traceback goes down to its own line."""
    found: list[int] = []
    with pytest.raises(OSError, match="the disk is gone") as caught:
        found.extend(prefetch(failing(), count))
    assert found == [0, 1]
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "failing"
    assert not threads()


def stop() -> None:
    """Raise what Ctrl-C raises."""
    raise KeyboardInterrupt


def interrupt() -> None:
    """Press Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def fail() -> None:
    """Raise an error."""
    raise RuntimeError


@pytest.mark.parametrize("leave", [stop, interrupt, fail])
def test_an_error_in_the_loop_ends_the_thread(leave: Callable[[], None]) -> None:
    """The thread has ended when the error is caught outside of the loop."""

    def loop() -> None:
        for item in prefetch(endless([]), 2):
            if item == 3:
                leave()

    with pytest.raises((KeyboardInterrupt, RuntimeError)):
        loop()
    assert not threads()


def test_leaving_the_loop_ends_the_thread() -> None:
    """By break, and by closing or dropping the iterator."""
    for item in prefetch(endless([]), 2):
        if item == 3:
            break
    assert not threads()
    for _ in batches(np.arange(100), 1, prefetch=2):
        break
    assert not threads()
    waiting = prefetch(endless([]), 1)
    next(waiting)
    del waiting
    assert not threads()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals are sent to no thread")
def test_ctrl_c_while_waiting_ends_the_thread() -> None:
    """Ctrl-C gets through while the loop waits for an item, and the item is the last one."""
    main, pressed = threading.main_thread(), threading.Event()

    def source() -> Iterator[int]:
        yield 0
        signal.pthread_kill(main.ident or 0, signal.SIGUSR1)
        pressed.wait(60)
        yield 1

    def on_signal(*_: object) -> None:
        pressed.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, on_signal)
    try:
        with pytest.raises(KeyboardInterrupt):
            list(prefetch(source(), 1))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert pressed.is_set()
    assert not threads()


def test_counts_are_whole_and_positive() -> None:
    """Nothing ahead is no prefetching; for batches it says that there is no thread."""
    with pytest.raises(ValueError, match="prefetch: expected a count of 1 or more, found 0"):
        prefetch([1], 0)
    with pytest.raises(ValueError, match="batches: expected a prefetch of 0 or more, found -1"):
        batches(np.arange(3), 1, prefetch=-1)
    with pytest.raises(TypeError, match="integer"):
        prefetch([1], 1.5)  # type: ignore[arg-type]
