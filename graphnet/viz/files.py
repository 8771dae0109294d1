"""Files that are there whole, or not at all."""

from pathlib import Path
from uuid import uuid4

__all__ = ["write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, and put it there when it is whole."""
    target = path.resolve()  # a link stays one
    part = target.with_name(f".{uuid4().hex}")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from None  # the file users know
    finally:
        part.unlink(missing_ok=True)
