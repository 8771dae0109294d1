"""Data sets: one that is made, one that is read."""

import math
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.random import Philox

from graphnet.data.counts import at_least, seed_number
from graphnet.data.idx import read_idx
from graphnet.errors import ArgumentError, FormatError
from graphnet.typing import Array

__all__ = ["MNIST", "disk", "mnist"]


class Square(NamedTuple):
    """Where the points of ``disk`` are."""

    low: float
    width: float
    center: float


SQUARES = {"unit": Square(0.0, 1.0, 0.5), "centered": Square(-1.0, 2.0, 0.0)}
RADIUS_SQUARED = 1 / (2 * math.pi)


def disk(
    count: int, seed: int = 0, form: Literal["unit", "centered"] = "unit"
) -> tuple[Array, Array]:
    """Make points of a square that are to be told apart by whether they are in a disk.

    A data set that is computed; nothing is read. The disk has the radius ``1 / sqrt(2 * pi)``, so
    its area is 1/2: half of the unit square, an eighth of the centered one.

    Args:
        count: Number of points.
        seed: Not negative; the same seed gives the same points on every machine. Take another one
            for the test set.
        form: ``"unit"`` for points in [0, 1) x [0, 1) and a disk around (0.5, 0.5), ``"centered"``
            for points in [-1, 1) x [-1, 1) and a disk around the origin.

    Returns:
        points: float32 of shape (count, 2), evenly distributed.
        labels: int64 of shape (count,), 1 inside the disk and 0 outside.

    Raises:
        ArgumentError: ``count`` or ``seed`` is negative or not an integer, or ``form`` is another
            word.

    Example:
        >>> import graphnet as gn
        >>> points, labels = gn.data.disk(1000, seed=1)
        >>> points.shape, labels.shape, labels.mean().round(2).tolist()
        ((1000, 2), (1000,), 0.5)
    """
    count, seed = at_least(0, count, "disk: expected a count"), seed_number(seed, "disk")
    if form not in SQUARES:
        raise ArgumentError(f"disk: expected form 'unit' or 'centered', found {form!r}")
    square = SQUARES[form]
    # Only raw streams are the same in every release of NumPy (NEP 19), so no Generator here.
    fractions = (Philox(seed).random_raw((count, 2)) >> 40) * 2.0**-24
    points = square.low + square.width * fractions
    distance_squared = np.square(points - square.center).sum(axis=1)
    return points.astype(np.float32), (distance_squared < RADIUS_SQUARED).astype(np.int64)


class MNISTArrays(NamedTuple):
    """The fields of :class:`MNIST`."""

    train_images: Array
    train_labels: Array
    test_images: Array
    test_labels: Array


class MNIST(MNISTArrays):
    """The handwritten digits, ready to be fed.

    A named tuple, which :func:`mnist` makes of the files.

    Raises:
        ArgumentError: There is one argument, such as a folder: :func:`mnist` reads one.

    Attributes:
        train_images: float32 of shape (60000, 784), from 0 (paper) to 1 (ink), row after row.
        train_labels: int64 of shape (60000,), the digits 0 to 9.
        test_images: float32 of shape (10000, 784).
        test_labels: int64 of shape (10000,).

    Example:
        >>> import graphnet as gn
        >>> gn.data.MNIST._fields
        ('train_images', 'train_labels', 'test_images', 'test_labels')
    """

    __slots__ = ()

    def __new__(cls, *arrays: Any, **named: Any) -> Self:
        """Hold four arrays."""
        if len(arrays) + len(named) == 1:
            (folder,) = (*arrays, *named.values())
            raise ArgumentError(
                f"MNIST: expected the four arrays {', '.join(cls._fields)}, found one argument",
                hint=f"gn.data.mnist({folder!r}) reads the files of a folder",
            )
        return super().__new__(cls, *arrays, **named)


SIDE = 28
NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
SOURCE = "https://ossci-datasets.s3.amazonaws.com/mnist/"


def mnist(folder: str | PathLike[str]) -> MNIST:
    """Read the MNIST digits, or another data set published in their form.

    They are in four files. Nothing is downloaded: where one is missing, the error says where to
    get it.

    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86 (1998).

    Args:
        folder: Where the four files are, named ``train-images-idx3-ubyte`` and so on, or
            ``train-images.idx3-ubyte``, with or without ``.gz``.

    Returns:
        The named tuple :class:`MNIST` of ``train_images``, ``train_labels``, ``test_images`` and
        ``test_labels``: rows of 784 pixels from 0 to 1, float32, and digits, int64.

    Raises:
        FormatError: A file is missing, damaged, or does not hold what its name says.

    Example:
        >>> import graphnet as gn
        >>> images, labels, test_images, test_labels = gn.data.mnist("nowhere")
        Traceback (most recent call last):
        ...
        graphnet.errors.FormatError: nowhere: there is no such folder
          train-images-idx3-ubyte.gz  https://ossci-datasets.s3.amazonaws.com/mnist/train-images...
        ...
    """
    paths = find(Path(folder))
    train_images, train_labels = read_pair(*paths[:2])
    test_images, test_labels = read_pair(*paths[2:])
    return MNIST(train_images, train_labels, test_images, test_labels)


def find(folder: Path) -> list[Path]:
    """Give the paths of the four files."""
    found = [next(filter(Path.is_file, spellings(folder, name)), None) for name in NAMES]
    missing = [name for name, path in zip(NAMES, found, strict=True) if path is None]
    if missing:
        problem = (
            f"{len(missing)} of the {len(NAMES)} MNIST files are missing"
            if folder.is_dir()
            else "there is no such folder"
        )
        raise FormatError(
            f"{folder}: {problem}",
            rows=[(f"{name}.gz", f"{SOURCE}{name}.gz") for name in missing],
            hint=f"download these files into {folder}; they may stay compressed",
        )
    return [path for path in found if path is not None]


def spellings(folder: Path, name: str) -> list[Path]:
    """Give the paths that a file of MNIST is found under in the wild."""
    other = name.replace("-idx", ".idx")
    return [folder / f"{stem}{end}" for stem in (name, other) for end in ("", ".gz")]


def read_pair(images_path: Path, labels_path: Path) -> tuple[Array, Array]:
    """Read a file of images and the file of their labels."""
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise unfitting(images_path, f"images of {SIDE} x {SIDE} (magic number 2051)", images)
    if labels.ndim != 1:
        raise unfitting(labels_path, "labels (magic number 2049)", labels)
    if len(images) != len(labels):
        raise FormatError(
            f"{images_path.parent}: there are not as many images as labels",
            rows=[
                (images_path.name, f"{len(images)} images"),
                (labels_path.name, f"{len(labels)} labels"),
            ],
            hint="the two files belong to different sets: get both again from one place",
        )
    pixels = np.divide(images, 255, dtype=np.float32).reshape(len(images), SIDE * SIDE)
    return pixels, labels.astype(np.int64)


def unfitting(path: Path, expected: str, found: Array) -> FormatError:
    """Make the error for a sound IDX file that holds something else."""
    return FormatError(
        f"{path}: expected {expected}, "
        f"found an array of shape {found.shape} (magic number {0x800 + found.ndim})",
        hint="the files of MNIST were mixed up, or this is another data set",
    )
