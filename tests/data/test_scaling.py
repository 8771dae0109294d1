"""Standardized features."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from graphnet.data import Standardizer, disk, standardize
from graphnet.typing import Array

TABLES = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 20), st.integers(0, 4)),
    elements=st.integers(-1000, 1000).map(float),
)


@given(TABLES)
def test_features_get_zero_mean_and_unit_deviation(train: Array) -> None:
    """Every feature does, except that one without any spread keeps none."""
    (found,) = standardize(train)
    deviation = np.where(np.ptp(train, axis=0) > 0, 1.0, 0.0)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found.std(axis=0), deviation, atol=1e-12)


@given(TABLES, st.integers(-5, 5), st.integers(1, 5))
def test_shift_and_scale_of_the_inputs_do_not_matter(train: Array, shift: int, scale: int) -> None:
    """Another unit or origin of the inputs gives the same standardized numbers."""
    (found,) = standardize(train)
    (again,) = standardize(train * scale + shift)
    np.testing.assert_allclose(again, found, atol=1e-10)


def test_other_arrays_use_the_training_statistics() -> None:
    """A test set that equals a part of the training set is transformed like that part."""
    points, _ = disk(1000)
    train, test, none = standardize(points, points[10:20], points[:0])
    assert np.array_equal(test, train[10:20])
    assert none.shape == (0, 2)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (np.float64, np.float64),
        (np.float32, np.float32),
        (np.float16, np.float16),
        (np.uint8, np.float32),
        (np.int64, np.float32),
        (np.bool_, np.float32),
    ],
)
def test_floats_keep_their_dtype(dtype: type[np.generic], expected: type[np.generic]) -> None:
    """Other numbers become float32."""
    (found,) = standardize(np.array([[0], [1]], dtype))
    assert found.dtype == expected
    assert found.tolist() == [[-1], [1]]


def test_a_large_offset_costs_no_digits() -> None:
    """Statistics and difference are made in float64, for float32 inputs too."""
    train = np.float32(2**20) + np.arange(8, dtype=np.float32).reshape(8, 1)
    (found,) = standardize(train)
    expected = (np.arange(8) - 3.5) / np.arange(8).std()
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-6)


def test_a_constant_feature_is_not_blown_up() -> None:
    """Rounding errors of the mean are not divided by rounding errors of the deviation."""
    train, test = standardize(np.full((7, 1), 0.1), np.array([[0.3]]))
    assert np.abs(train).max() < 1e-15
    assert test[0, 0] == pytest.approx(0.2)


def test_examples_may_have_any_number_of_axes() -> None:
    """Images keep their shape; plain numbers are one feature."""
    images = np.arange(24.0).reshape(4, 2, 3)
    assert standardize(images)[0].shape == (4, 2, 3)
    assert standardize(np.array([1.0, 3.0]))[0].tolist() == [-1, 1]


def test_the_arguments_stay_as_they_are() -> None:
    """Results are new arrays."""
    train = np.array([[1.0], [3.0]])
    standardize(train, train)
    assert train.tolist() == [[1], [3]]


@pytest.mark.parametrize("shape", [(0, 3), ()])
def test_training_examples_are_needed(shape: tuple[int, ...]) -> None:
    """No example gives no statistics."""
    with pytest.raises(ValueError, match="no training examples"):
        standardize(np.zeros(shape))


@pytest.mark.parametrize("shape", [(4, 2), (4,), (), (1, 3, 3)])
def test_features_have_one_shape(shape: tuple[int, ...]) -> None:
    """An array of other features is named by its position, and not broadcast."""
    with pytest.raises(ValueError, match=r"array 2 has the shape .*, expected \(3,\) after"):
        standardize(np.zeros((5, 3)), np.zeros((1, 3)), np.zeros(shape))


@given(TABLES, TABLES)
def test_fitted_statistics_serve_later_data(train: Array, later: Array) -> None:
    """A standardizer does what ``standardize`` does, whenever the data comes; and can undo it."""
    width = min(train.shape[1], later.shape[1])
    train, later = train[:, :width], later[:, :width]
    standardizer = Standardizer.fit(train)
    for array, wanted in zip((train, later), standardize(train, later), strict=True):
        found = standardizer(array)
        assert np.array_equal(found, wanted)
        np.testing.assert_allclose(standardizer.undo(found), array, atol=1e-9)


def test_a_standardizer_is_two_arrays() -> None:
    """What is saved and read again standardizes alike; plain numbers have statistics of no axis."""
    fitted = Standardizer.fit(np.array([1.0, 3.0]))
    assert fitted.mean.shape == fitted.deviation.shape == ()
    again = Standardizer(*(np.array(part.tolist()) for part in fitted))
    assert again(np.array([5.0])).tolist() == fitted(np.array([5.0])).tolist() == [3.0]
    assert fitted.undo(np.array([3], np.int64)).dtype == np.float32


def test_later_features_have_the_same_shape() -> None:
    """Nothing is broadcast, in neither direction."""
    fitted = Standardizer.fit(np.zeros((5, 3)))
    for use in (fitted, fitted.undo):
        with pytest.raises(ValueError, match=r"array has the shape \(3,\), expected \(3,\) after"):
            use(np.zeros(3))


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e200, 1e307])
def test_the_unit_of_a_feature_does_not_matter(unit: float) -> None:
    """Even where the squares would be infinite, or nothing; other features are left alone."""
    train = np.array([[0.0, 1.0], [1.0, 1.0], [5.0, 4.0]])
    (found,) = standardize(train * [unit, 1])
    np.testing.assert_allclose(found, standardize(train)[0], rtol=1e-12)


@pytest.mark.parametrize("numbers", [[-1.5e308, 1.5e308], [0.0, 5e-324]])
def test_features_beyond_float64(numbers: list[float]) -> None:
    """A difference that would be infinite, and a deviation that would be nothing, are refused."""
    with pytest.raises(
        ValueError, match=r"feature varies by more.*\nhint: give it in another unit"
    ):
        Standardizer.fit(np.array(numbers))
    with pytest.raises(ValueError, match=r"feature \[1\] varies"):
        Standardizer.fit(np.array([[1.0, number] for number in numbers]))


def test_half_floats_do_not_overflow_on_the_way() -> None:
    """The distance from the mean may be more than float16 holds."""
    array = np.array([-60000, -60000, 60000], np.float16)
    standardizer = Standardizer.fit(array)
    expected = np.array([-(0.5**0.5), -(0.5**0.5), 2**0.5], np.float16)
    assert standardizer(array).tolist() == expected.tolist()
    assert standardizer.undo(standardizer(array)).dtype == np.float16


def test_lists_are_arrays() -> None:
    """Of numbers, with rows of one length."""
    assert standardize([[1, 5], [3, 5]], [[2, 6]])[1].tolist() == [[0, 1]]
    assert Standardizer.fit([1.0, 3.0]).undo([2.0]).tolist() == [4]
    with pytest.raises(ValueError, match="the rows of the training data differ in length"):
        standardize([[1, 2], [3]])
    with pytest.raises(ValueError, match="array 1 has the dtype <U1, expected numbers"):
        standardize([1.0, 2.0], ["a"])


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_training_numbers_are_finite(number: float) -> None:
    """One NaN would make its whole feature NaN; later on it stays alone."""
    spoilt = np.array([[1.0, 2.0], [3.0, number]])
    with pytest.raises(ValueError, match=rf"1 of 4 .* first at \[1, 1\]: {number}\nhint: leave"):
        standardize(spoilt)
    later = standardize(np.array([[1.0, 2.0], [3.0, 4.0]]), spoilt)[1]
    np.testing.assert_array_equal(later, [[-1, -1], [1, number]])


def test_a_standardizer_shows_its_statistics() -> None:
    """All of a few, the first and last of many."""
    few = Standardizer.fit(np.array([[1, 5], [3, 5]]))
    assert repr(few) == "Standardizer(shape=(2,), mean=[2., 5.], deviation=[1., 1.])"
    many = repr(Standardizer.fit(np.zeros((3, 28, 28))))
    assert many.startswith(
        "Standardizer(shape=(28, 28), mean=[0., 0., ..., 0., 0.], deviation=[1.,"
    )
