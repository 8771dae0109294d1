"""What metrics are given: checked before anything is counted."""

import operator
from typing import Any

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.typing import Array

__all__ = [
    "class_numbers",
    "floats",
    "in_range",
    "numbers",
    "refuse_nan",
    "same_shape",
    "scores",
    "whole",
]

CHOICE = "predictions.argmax(-1) makes class numbers of one score for each class"


def whole(value: Any, role: str, caller: str) -> int:
    """Read a whole number, such as that of the classes."""
    try:
        return operator.index(value)
    except TypeError:
        message = f"{caller}: expected a whole number for {role}, found {value!r}"
        raise ArgumentError(message) from None


def numbers(value: Any, role: str, caller: str) -> Array:
    """Read an array of real numbers."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise ArgumentError(f"{caller}: {role} are {array.dtype}, expected numbers")
    return array


def floats(value: Any, role: str, caller: str) -> Array:
    """Read an array of numbers as float64."""
    return numbers(value, role, caller).astype(np.float64)


def class_numbers(value: Any, role: str, caller: str) -> Array:
    """Read an array of class numbers, as int64."""
    array = numbers(value, role, caller)
    if array.dtype.kind == "f" and array.size:
        raise ArgumentError(
            f"{caller}: {role} are {array.dtype}, expected integers: the numbers of the classes",
            hint=f"{role}.astype(int), if they are whole; {role}.argmax(-1), if they are one-hot",
        )
    return array.astype(np.int64)


def in_range(labels: Array, classes: int | None, role: str, caller: str) -> None:
    """Refuse numbers that no class has; None: not known how many there are."""
    is_outside = labels < 0 if classes is None else (labels < 0) | (labels >= classes)
    outside = np.argwhere(is_outside)
    if len(outside):
        place = tuple(outside[0].tolist())
        where = f" at {list(place)}" if place else ""
        count, last = ("", "") if classes is None else (f" for {classes} classes", classes - 1)
        raise ArgumentError(
            f"{caller}: {role}{where} is {labels[place]}, out of range{count}",
            hint=f"classes are numbered from 0{f' to {last}' if classes else ' on'}; "
            "leave out examples without label",
        )


def same_shape(
    first: Array, second: Array, role: str, caller: str, scores_hint: str = CHOICE
) -> None:
    """Refuse predictions of another shape than the labels or targets: nothing is broadcast."""
    if first.shape == second.shape:
        return
    if first.shape == (*second.shape, 1):
        hint = "predictions.squeeze(-1) drops the last axis"
    elif second.shape == (*first.shape, 1):
        hint = f"{role}.squeeze(-1) drops the last axis"
    elif role == "labels" and first.shape == second.shape[:-1]:
        hint = "labels.argmax(-1) makes class numbers of one-hot labels"
    elif role == "labels" and first.shape[:-1] == second.shape:
        hint = scores_hint
    else:
        hint = f"nothing is broadcast: there is one prediction for each of the {role}"
    raise unfitting(first, second, role, caller, hint)


def unfitting(first: Array, second: Array, role: str, caller: str, hint: str) -> ArgumentError:
    """Make the error that shows what does not fit."""
    rows = [("predictions", described(first)), (role, described(second))]
    return ArgumentError(f"{caller}: {role} do not fit the predictions", rows=rows, hint=hint)


def described(array: Array) -> str:
    """Write the dtype and the shape of an array."""
    return f"{array.dtype}[{', '.join(map(str, array.shape))}]"


def refuse_nan(array: Array, caller: str) -> None:
    """Refuse scores that cannot be compared."""
    places = np.argwhere(np.isnan(array))
    if len(places):
        raise ArgumentError(
            f"{caller}: {len(places)} of {array.size} scores are NaN, "
            f"the first at {places[0].tolist()}",
            hint="NaN is neither large nor small; "
            "look at the loss: a step that is too long can make every weight NaN",
        )


def scores(predictions: Array, labels: Array, caller: str) -> None:
    """Check scores [..., classes] against labels [...]."""
    many = predictions.ndim > 0 and predictions.shape[-1] > 1
    if many and predictions.shape[:-1] == labels.shape:
        refuse_nan(predictions, caller)
        in_range(labels, predictions.shape[-1], "labels", caller)
        return
    if many and predictions.ndim > 1 and predictions.shape == labels.shape:
        hint = "labels.argmax(-1) makes class numbers of one-hot labels"
    elif many and (*predictions.shape[:-1], 1) == labels.shape:
        hint = "labels.squeeze(-1) drops the last axis"
    elif not many or predictions.shape == labels.shape:
        hint = "one score for each example needs a threshold, as 0 for logits: threshold=0"
    else:
        hint = "predictions [..., classes] are scores, labels [...] the numbers of the classes"
    raise unfitting(predictions, labels, "labels", caller, hint)
