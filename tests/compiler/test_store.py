"""Variables have one place each, lie side by side where that was asked for, and never move."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.store import CHUNK, Store


def variable(*shape: int, dtype: str = "float32") -> gn.Variable:
    """Declare a variable of a shape."""
    return gn.Variable(np.zeros(shape, dtype))


def test_variables_placed_together_lie_side_by_side() -> None:
    """In the given order, each of its own shape, all in one array."""
    store, weight, bias = Store(), variable(2, 3), variable(3)
    store.place([weight, bias])
    assert store.places[weight].shape == (2, 3)
    assert store.places[bias].shape == (3,)
    store.places[weight][...] = [[1, 2, 3], [4, 5, 6]]
    store.places[bias][...] = [7, 8, 9]
    assert store.span([weight, bias]).tolist() == [*range(1, 10)]
    assert np.shares_memory(store.span([weight, bias]), store.places[bias])


def test_requests_place_what_has_no_place() -> None:
    """A request for new variables is always met, as long as they are of one dtype."""
    store, first, second, third = Store(), variable(2), variable(3), variable(4)
    assert store.request([first, second, third])
    assert store.span([first, second, third]).shape == (9,)
    assert store.request([second, third])


def test_requests_are_declined_where_variables_lie_otherwise() -> None:
    """In another order, with gaps, or where some have no place: nothing is moved or placed."""
    store, first, second, third = Store(), variable(2), variable(2), variable(2)
    store.place([first, second, third])
    new = variable(2)
    assert not store.request([second, first])
    assert not store.request([first, third])
    assert not store.request([third, new])
    assert new not in store.places
    assert store.request([first, second, third])


def test_a_single_variable_lies_beside_itself() -> None:
    """A request for one is met."""
    store, alone = Store(), variable(2, 2)
    assert store.request([alone])
    assert store.span([alone]).shape == (4,)


def test_addresses_sort_variables_as_they_lie() -> None:
    """Whatever the order of declaration is."""
    store, first, second, third = Store(), variable(2), variable(2), variable(2)
    store.place([third, first])
    store.place([second])
    assert sorted([first, second, third], key=store.address) == [third, first, second]


def test_placing_again_changes_nothing() -> None:
    """Plans hold on to places and to the arrays that show them."""
    store, first, second = Store(), variable(2), variable(2)
    store.place([first])
    place = store.places[first]
    place[...] = 5
    store.place([second, first])
    assert store.places[first] is place
    assert place.tolist() == [5, 5]
    assert sorted([first, second], key=store.address) == [first, second]


def test_dtypes_lie_apart() -> None:
    """Each has arrays of its own; no request joins two."""
    store = Store()
    single, double, other = variable(2), variable(2, dtype="float64"), variable(3)
    store.place([single, double, other])
    assert store.places[double].dtype == np.float64
    assert store.request([single, other])
    assert not store.request([single, double])


def test_equal_positions_in_two_chunks_are_no_neighbors() -> None:
    """One ends where the other begins, but somewhere else."""
    store, first, large = Store(), variable(2), [variable(2), variable(CHUNK)]
    store.place([first])
    store.place(large)
    assert (store.address(first), store.address(large[1])) == ((0, 0), (1, 2))
    assert not store.request([first, large[1]])


def test_a_group_never_lies_across_chunks() -> None:
    """What does not fit into the rest of a chunk gets a new one, and all of it."""
    store, first, second, third = Store(), variable(CHUNK - 1), variable(1), variable(1)
    store.place([first])
    assert store.request([second, third])
    assert not store.request([first, second])
    assert store.address(second) == (1, 0)
    assert len(store.chunks) == 2


def test_chunks_are_filled_before_new_ones_are_made() -> None:
    """What fits exactly still goes in."""
    store, first, second = Store(), variable(CHUNK - 1), variable(1)
    store.place([first])
    store.place([second])
    assert len(store.chunks) == 1
    assert store.request([first, second])


def test_large_groups_get_a_chunk_of_their_own_size() -> None:
    """So that each group lies in one piece, however large it is."""
    store, large = Store(), [variable(CHUNK), variable(CHUNK // 2)]
    assert store.request(large)
    assert store.span(large).shape == (CHUNK + CHUNK // 2,)
    assert [chunk.size for chunk in store.chunks] == [CHUNK + CHUNK // 2]


def test_growing_moves_nothing() -> None:
    """Arrays handed out before stay those that are written to."""
    store, first = Store(), variable(2)
    store.place([first])
    place = store.places[first]
    for _ in range(3):
        store.place([variable(CHUNK)])
    store.places[first][...] = 3
    assert place.tolist() == [3, 3]
    assert len(store.chunks) == 4


@pytest.mark.parametrize("shape", [(), (0,), (0, 3)])
def test_numbers_and_empty_variables_have_places(shape: tuple[int, ...]) -> None:
    """They take one element, or none, and break no neighborhood."""
    store, before, odd, behind = Store(), variable(2), variable(*shape), variable(2)
    assert store.request([before, odd, behind])
    assert store.places[odd].shape == shape
    assert store.span([before, odd, behind]).size == 4 + int(np.prod(shape))


def test_places_do_not_overlap() -> None:
    """However they were asked for."""
    store = Store()
    variables = [variable(size) for size in (3, 1, 4, 1, 5)]
    store.place(variables[3:])
    store.request(variables[:2])
    store.place(variables)
    arrays = [store.places[each] for each in variables]
    for number, array in enumerate(arrays):
        array[...] = number
    assert [set(array.tolist()) for array in arrays] == [{0}, {1}, {2}, {3}, {4}]


def test_sessions_place_variables_in_the_order_of_declaration() -> None:
    """Those that a run needs, whatever its order; later ones come behind."""
    weights = [gn.Variable(np.ones(3, np.float32), name=f"w{number}") for number in range(3)]
    with gn.Session() as session:
        session.run(weights[2] + weights[1])
        session.run(weights[0] * 2)
        placed = sorted(weights, key=session.store.address)
    assert [each.name for each in placed] == ["w1", "w2", "w0"]
