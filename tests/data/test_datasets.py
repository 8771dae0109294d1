"""The disk and MNIST: distribution, labels, and messages about missing or mixed-up files."""

import gzip
import math
import pickle
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from graphnet.data import MNIST, batches, disk, mnist
from graphnet.errors import FormatError

Form = Literal["unit", "centered"]
FORMS: list[Form] = ["unit", "centered"]
REAL = Path(__file__).parents[3] / "shared" / "data" / "mnist"
NAMES = [
    f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
]
COUNTS = {"train": 5, "t10k": 2}


@pytest.mark.parametrize(("form", "low", "center"), [("unit", 0, 0.5), ("centered", -1, 0)])
def test_disk_labels_what_is_inside(form: Form, low: float, center: float) -> None:
    """Label 1 says that the distance from the center is below ``1 / sqrt(2 * pi)``."""
    points, labels = disk(5000, seed=3, form=form)
    assert points.dtype == np.float32
    assert labels.dtype == np.int64
    assert points.shape == (5000, 2)
    assert low <= points.min() < low + 0.01
    assert 0.99 < points.max() < 1
    distance = np.hypot(*(points.astype(np.float64) - center).T)
    assert np.array_equal(labels, distance < 1 / math.sqrt(2 * math.pi))


@pytest.mark.parametrize(("form", "share"), [("unit", 1 / 2), ("centered", 1 / 8)])
def test_disk_has_its_area(form: Form, share: float) -> None:
    """The share of points inside is the disk's share of the square."""
    _, labels = disk(100_000, form=form)
    assert labels.mean() == pytest.approx(share, abs=5 * math.sqrt(share * (1 - share) / 100_000))


@pytest.mark.parametrize("form", FORMS)
def test_disk_is_evenly_filled(form: Form) -> None:
    """Each cell of a grid over the square has its share of the points."""
    points, _ = disk(100_000, form=form)
    unit = points if form == "unit" else (points + 1) / 2
    cells, _, _ = np.histogram2d(unit[:, 0], unit[:, 1], bins=10, range=[[0, 1], [0, 1]])
    assert np.abs(cells - 1000).max() < 5 * math.sqrt(1000)


def test_disk_depends_on_the_seed_alone() -> None:
    """A seed gives the same points forever; other seeds give others; few are the first of many."""
    points, _ = disk(2, seed=5)
    assert points.tolist() == [
        [0.8575790524482727, 0.9250921010971069],
        [0.4213716387748718, 0.17081379890441895],
    ]
    assert np.array_equal(disk(100, seed=5)[0][:2], points)
    assert not np.isin(disk(100, seed=6)[0], disk(100, seed=5)[0]).any()
    assert np.array_equal(disk(2, seed=5, form="centered")[0], 2 * points - 1)


def test_disk_may_be_empty() -> None:
    """No points have the shapes of points."""
    points, labels = disk(0)
    assert points.shape == (0, 2)
    assert labels.shape == (0,)


def test_disk_refuses_nonsense() -> None:
    """A negative count or seed and an unknown form are errors."""
    with pytest.raises(ValueError, match="count of 0 or more, found -1"):
        disk(-1)
    with pytest.raises(ValueError, match=r"disk: expected a count, an integer .* found 2\.5"):
        disk(2.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="disk: expected a seed of 0 or more, found -1"):
        disk(1, seed=-1)
    with pytest.raises(ValueError, match="'unit' or 'centered', found 'round'"):
        disk(1, form="round")  # type: ignore[arg-type]


def idx(shape: tuple[int, ...], data: bytes) -> bytes:
    """Write an IDX file."""
    return bytes([0, 0, 8, len(shape)]) + b"".join(n.to_bytes(4, "big") for n in shape) + data


def images(count: int, side: int = 28) -> bytes:
    """Write images whose pixels count up."""
    size = count * side * side
    return idx((count, side, side), (np.arange(size) % 256).astype(np.uint8).tobytes())


def labels(count: int) -> bytes:
    """Write labels that count down to 0."""
    return idx((count,), bytes(range(count))[::-1])


def fill(folder: Path, ending: str = "", other: str = "-idx") -> None:
    """Write a small data set in the form of MNIST."""
    for name in NAMES:
        count = COUNTS[name.split("-")[0]]
        content = images(count) if "images" in name else labels(count)
        data = gzip.compress(content) if ending else content
        (folder / f"{name.replace('-idx', other)}{ending}").write_bytes(data)


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("other", ["-idx", ".idx"])
def test_mnist_under_all_its_names(tmp_path: Path, ending: str, other: str) -> None:
    """Files are found under both spellings, compressed or not."""
    fill(tmp_path, ending, other)
    found = mnist(str(tmp_path))
    assert isinstance(found, MNIST)
    assert [array.shape for array in found] == [(5, 784), (5,), (2, 784), (2,)]
    assert [array.dtype for array in found] == [np.float32, np.int64] * 2
    assert found.train_labels.tolist() == [4, 3, 2, 1, 0]
    expected = (np.arange(5 * 784) % 256 / 255).astype(np.float32).reshape(5, 784)
    np.testing.assert_array_max_ulp(found.train_images, expected)
    assert found.train_images.max() == 1


def test_mnist_without_a_folder(tmp_path: Path) -> None:
    """The whole message lists the files, where they are, and where they belong."""
    folder = tmp_path / "digits"
    with pytest.raises(FormatError) as caught:
        mnist(folder)
    source = "https://ossci-datasets.s3.amazonaws.com/mnist"
    assert str(caught.value).splitlines() == [
        f"{folder}: there is no such folder",
        f"  train-images-idx3-ubyte.gz  {source}/train-images-idx3-ubyte.gz",
        f"  train-labels-idx1-ubyte.gz  {source}/train-labels-idx1-ubyte.gz",
        f"  t10k-images-idx3-ubyte.gz   {source}/t10k-images-idx3-ubyte.gz",
        f"  t10k-labels-idx1-ubyte.gz   {source}/t10k-labels-idx1-ubyte.gz",
        f"hint: download these files into {folder}; they may stay compressed",
    ]


def test_mnist_with_missing_files(tmp_path: Path) -> None:
    """Only the files that are missing are listed; a folder of the name is not a file."""
    fill(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    (tmp_path / "train-images-idx3-ubyte").unlink()
    (tmp_path / "train-images-idx3-ubyte.gz").mkdir()
    with pytest.raises(FormatError) as caught:
        mnist(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}: 2 of the 4 MNIST files are missing\n")
    assert [name for name in NAMES if f"  {name}.gz" in message] == [NAMES[0], NAMES[3]]


@pytest.mark.parametrize("name", [None, "train_images"])
def test_the_arrays_are_not_the_reader(name: str | None) -> None:
    """Who gives a folder to the class is told the function."""
    message = r"the four arrays .*\nhint: gn.data.mnist\('digits'\) reads"
    with pytest.raises(TypeError, match=message):
        MNIST(**{name: "digits"}) if name else MNIST("digits")


def test_the_arrays_are_a_named_tuple() -> None:
    """They can be replaced, copied, saved, and picked from in batches."""
    found = MNIST(*np.arange(24).reshape(4, 6))
    assert isinstance(found._replace(test_labels=found.train_labels), MNIST)
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - what was just made
    assert np.array_equal(again, found)
    assert isinstance(again, MNIST)
    (batch,) = batches(found, 6, shuffle=False)
    assert isinstance(batch, MNIST)
    assert np.array_equal(batch.test_images, found.test_images)


MIXED_UP = "hint: the files of MNIST were mixed up, or this is another data set"
IMAGES = "images of 28 x 28 (magic number 2051)"
LABELS = "labels (magic number 2049)"


@pytest.mark.parametrize(
    ("name", "content", "expected", "found"),
    [
        ("train-images-idx3-ubyte", labels(5), IMAGES, "(5,) (magic number 2049)"),
        ("t10k-images-idx3-ubyte", images(2, 32), IMAGES, "(2, 32, 32) (magic number 2051)"),
        ("train-labels-idx1-ubyte", images(5), LABELS, "(5, 28, 28) (magic number 2051)"),
    ],
)
def test_mnist_with_files_mixed_up(
    tmp_path: Path, name: str, content: bytes, expected: str, found: str
) -> None:
    """A sound file in the wrong place is named with what it holds."""
    fill(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FormatError) as caught:
        mnist(tmp_path)
    path = tmp_path / name
    assert str(caught.value).splitlines() == [
        f"{path}: expected {expected}, found an array of shape {found}",
        MIXED_UP,
    ]


def test_mnist_with_labels_of_another_set(tmp_path: Path) -> None:
    """Both counts are shown when they differ."""
    fill(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(labels(3))
    with pytest.raises(FormatError) as caught:
        mnist(tmp_path)
    assert str(caught.value).splitlines() == [
        f"{tmp_path}: there are not as many images as labels",
        "  t10k-images-idx3-ubyte  2 images",
        "  t10k-labels-idx1-ubyte  3 labels",
        "hint: the two files belong to different sets: get both again from one place",
    ]


def test_mnist_with_a_damaged_file(tmp_path: Path) -> None:
    """The reader's error names the file."""
    fill(tmp_path, ".gz")
    path = tmp_path / "train-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(FormatError, match=r"train-labels-idx1-ubyte\.gz: gzip cannot"):
        mnist(tmp_path)


def test_the_real_mnist() -> None:
    """The published data has the counts, labels and mean intensity that are known of it."""
    if not REAL.is_dir():
        pytest.skip("the MNIST files are not in ../shared/data/mnist")
    data = mnist(REAL)
    assert data.train_images.shape == (60000, 784)
    assert data.test_images.shape == (10000, 784)
    assert data.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(data.test_labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert data.train_images.mean(dtype=np.float64) == pytest.approx(0.1307, abs=5e-5)
    assert data.train_images.std(dtype=np.float64) == pytest.approx(0.3081, abs=5e-5)
