"""The IDX reader: round trips, and every way in which a file can be wrong."""

import gzip
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays

from graphnet.data import read_idx
from graphnet.data.idx import parse_header
from graphnet.errors import FormatError
from graphnet.typing import Array


def encode(array: Array) -> bytes:
    """Write an array of bytes in the IDX format."""
    extents = b"".join(extent.to_bytes(4, "big") for extent in array.shape)
    return bytes([0, 0, 8, array.ndim]) + extents + array.tobytes()


SOUND = encode(np.arange(12, dtype=np.uint8).reshape(3, 2, 2))
PACKED = gzip.compress(SOUND, mtime=0)
AGAIN = "hint: the file is damaged or was cut short: get it again"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a file to write."""
    return tmp_path / "numbers"


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("shape", [(), (5,), (0,), (2, 3), (3, 2, 2), (1, 2, 3, 4), (2, 0)])
def test_an_array_comes_back(
    path: Path, pack: Callable[[bytes], bytes], shape: tuple[int, ...]
) -> None:
    """What is written is read, with its shape, from plain and compressed files."""
    array = np.arange(250, 250 + math.prod(shape)).astype(np.uint8).reshape(shape)
    path.write_bytes(pack(encode(array)))
    found = read_idx(path)
    assert found.dtype == np.uint8
    assert found.flags.writeable
    assert np.array_equal(found, array)
    assert np.array_equal(read_idx(str(path)), array)


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_side=0, max_side=300, max_dims=2)))
def test_any_header_is_understood(array: Array) -> None:
    """The header gives back the shape and where the data starts."""
    content = encode(array)
    start, shape = parse_header(content, "file")
    assert shape == array.shape
    assert content[start:] == array.tobytes()


@pytest.mark.parametrize("cut", range(len(SOUND)))
def test_a_file_cut_anywhere_is_refused(path: Path, cut: int) -> None:
    """No part of a file is taken for the whole."""
    path.write_bytes(SOUND[:cut])
    with pytest.raises(FormatError, match="numbers: expected"):
        read_idx(path)


@pytest.mark.parametrize("cut", range(2, len(PACKED)))
def test_a_compressed_file_cut_anywhere_is_refused(path: Path, cut: int) -> None:
    """No part of a compressed file is taken for the whole either."""
    path.write_bytes(PACKED[:cut])
    with pytest.raises(FormatError, match="numbers: gzip cannot decompress it") as caught:
        read_idx(path)
    assert str(caught.value).endswith(AGAIN)


@pytest.mark.parametrize("place", range(10, len(PACKED)))
def test_a_damaged_compressed_file_is_refused(path: Path, place: int) -> None:
    """A byte that was changed in the compressed data is found by gzip's checks."""
    path.write_bytes(PACKED[:place] + bytes([PACKED[place] ^ 0x55]) + PACKED[place + 1 :])
    with pytest.raises(FormatError, match="numbers: gzip cannot decompress it"):
        read_idx(path)


NO_IDX = "hint: IDX files are those whose names contain idx1 or idx3"
WRONG = {
    "empty": (
        b"",
        "expected an IDX file, which starts with 00 00 08, found an empty file\n" + NO_IDX,
    ),
    "page": (
        b"<html>",
        "expected an IDX file, which starts with 00 00 08, found 3c 68 74 6d\n" + NO_IDX,
    ),
    "type": (
        bytes([0, 0, 7, 1, 0, 0, 0, 0]),
        "expected an IDX file, which starts with 00 00 08, found 00 00 07 01\n" + NO_IDX,
    ),
    "floats": (
        bytes([0, 0, 13, 1, 0, 0, 0, 0]),
        "expected unsigned bytes, found 32-bit floats",
    ),
    "header": (
        SOUND[:10],
        "expected a header of 16 bytes for 3 axes, found 10 bytes in all\n" + AGAIN,
    ),
    "short": (
        SOUND[:-1],
        "expected 3 x 2 x 2 = 12 bytes after the header, found 11\n" + AGAIN,
    ),
    "long": (
        SOUND + b"\0",
        "expected 3 x 2 x 2 = 12 bytes after the header, found 13\n" + AGAIN,
    ),
    "huge": (
        bytes([0, 0, 8, 2]) + b"\xff" * 8,
        "expected 4294967295 x 4294967295 = 18446744065119617025 bytes after the header, found 0\n"
        + AGAIN,
    ),
}


@pytest.mark.parametrize("content", WRONG)
def test_the_message_says_what_is_wrong(path: Path, content: str) -> None:
    """The whole message: the file, what was expected, what was found, and what to do."""
    data, message = WRONG[content]
    path.write_bytes(data)
    with pytest.raises(FormatError) as caught:
        read_idx(path)
    assert str(caught.value) == f"{path}: {message}"


def test_a_missing_file_is_the_systems_error(path: Path) -> None:
    """Reading a single file that is not there raises what Python raises."""
    with pytest.raises(FileNotFoundError):
        read_idx(path)
