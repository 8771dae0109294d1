"""Streams of random words that are a function of a key, not of what was drawn before.

Philox (J. Salmon and others, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011) enciphers a
counter. A :class:`Key` names the cipher key (one per seed and name) and the upper half of the
counter (one per step), so adding a draw never changes the numbers of another, and equal keys give
equal numbers in any order and on any thread.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Philox
from numpy.random.bit_generator import ISeedSequence

from graphnet.typing import Array

__all__ = ["Key", "Transform", "draw", "stream"]

# A multiple of the four words that one Philox call gives, and small enough to stay in the cache.
BLOCK = 32768

Transform = Callable[[Array, Array], object]


class Key(NamedTuple):
    """What a draw depends on.

    Attributes:
        stream: Cipher key, 0 to 2**64 - 1, usually from :func:`stream`.
        step: How often this stream was used before, 0 to 2**64 - 1. Every step has 2**128 counter
            values of its own, so no draw reaches into the next one. Drawing with another value
            raises OverflowError; steps do not wrap around.
    """

    stream: int
    step: int


def stream(seed: int, name: str) -> int:
    """Hash a seed and a name to a stream number, the same on every machine.

    The hash has 64 bits: among a million names two agree with a probability of 3e-8.

    Example:
        >>> from graphnet.kernels import stream
        >>> stream(0, "dropout") == stream(0, "dropout"), stream(0, "a") == stream(1, "a")
        (True, False)
    """
    digest = blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


class CipherKey(ISeedSequence):
    """Hands Philox its key as it is.

    ``Philox(key=...)`` does the same but first collects entropy from the system and throws it
    away, which makes it 5 us slower.
    """

    def __init__(self, number: int) -> None:
        self.words = np.array([number, 0], np.uint64)

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Array:  # noqa: ARG002
        """Give the key; Philox asks for two words of 64 bits."""
        return self.words


def draw(key: Key, out: Array, word: str, transform: Transform) -> Array:
    """Fill ``out`` block by block with ``transform(words, block)``; words are unsigned integers."""
    counter = np.array([0, 0, key.step, 0], np.uint64)
    # NumPy's documentation takes any ISeedSequence here, its type stubs do not.
    generator = Philox(CipherKey(key.stream), counter=counter)  # type: ignore[arg-type]
    flat = (out if out.flags.c_contiguous else np.empty(out.shape, out.dtype)).reshape(-1)
    per_raw = 8 // np.dtype(word).itemsize
    for start in range(0, flat.size, BLOCK):
        block = flat[start : start + BLOCK]
        raw = generator.random_raw(-(-block.size // per_raw))
        # Little-endian first, so that machines of either byte order cut equal halves.
        transform(raw.astype("<u8", copy=False).view(word)[: block.size], block)
    if not out.flags.c_contiguous:
        out[...] = flat.reshape(out.shape)
    return out
