"""The IDX format, in which MNIST is published: a short header, then the numbers of one array."""

import gzip
import math
import zlib
from os import PathLike
from pathlib import Path

import numpy as np

from graphnet.errors import FormatError
from graphnet.typing import Array

__all__ = ["read_idx"]

GZIP = b"\x1f\x8b"
UNSIGNED_BYTE = 0x08
TYPES = {
    0x08: "unsigned bytes",
    0x09: "signed bytes",
    0x0B: "16-bit integers",
    0x0C: "32-bit integers",
    0x0D: "32-bit floats",
    0x0E: "64-bit floats",
}
AGAIN = "the file is damaged or was cut short: get it again"


def read_idx(path: str | PathLike[str]) -> Array:
    """Read an IDX file of unsigned bytes, compressed by gzip or not.

    An IDX file is two zero bytes, one byte for the type (8: unsigned bytes), one for the number of
    axes, the extent of each axis as a big-endian 32-bit integer, and the numbers in C order
    (Y. LeCun, C. Cortes, C. Burges: "The MNIST database of handwritten digits"). Whether the file
    is compressed is seen from its content, not from its name.

    Args:
        path: The file.

    Returns:
        uint8 array of the shape that the file states.

    Raises:
        FormatError: The content is not an IDX file of unsigned bytes, or not all of it is there,
            or there is more.
        OSError: The file cannot be opened.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import graphnet as gn
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "three")
        ...     size = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 70, 80, 90]))
        ...     print(gn.data.read_idx(path))
        [70 80 90]
    """
    content = decompressed(Path(path))
    start, shape = parse_header(content, path)
    expected, found = math.prod(shape), len(content) - start
    if found != expected:
        extents = " x ".join(map(str, shape))
        raise FormatError(
            f"{path}: expected {extents} = {expected} bytes after the header, found {found}",
            hint=AGAIN,
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def decompressed(path: Path) -> bytes:
    """Give the content of a file, decompressed if need be."""
    content = path.read_bytes()
    if not content.startswith(GZIP):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FormatError(f"{path}: gzip cannot decompress it: {error}", hint=AGAIN) from error


def parse_header(content: bytes, path: str | PathLike[str]) -> tuple[int, tuple[int, ...]]:
    """Give where the data starts, and the shape."""
    magic = content[:4]
    if len(magic) < 4 or not magic.startswith(b"\0\0") or magic[2] not in TYPES:
        raise FormatError(
            f"{path}: expected an IDX file, which starts with 00 00 08, found {shown(content)}",
            hint="IDX files are those whose names contain idx1 or idx3",
        )
    if magic[2] != UNSIGNED_BYTE:
        raise FormatError(f"{path}: expected {TYPES[UNSIGNED_BYTE]}, found {TYPES[magic[2]]}")
    start = 4 + 4 * magic[3]
    if len(content) < start:
        raise FormatError(
            f"{path}: expected a header of {start} bytes for {magic[3]} axes, "
            f"found {len(content)} bytes in all",
            hint=AGAIN,
        )
    return start, tuple(np.frombuffer(content[4:start], ">u4").tolist())


def shown(content: bytes) -> str:
    """Write the first bytes of a file for people."""
    return content[:4].hex(" ") if content else "an empty file"
