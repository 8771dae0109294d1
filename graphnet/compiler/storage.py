"""Memory that values take over from each other, and its places in the arena of a plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

from graphnet.compiler.steps import Part, Place, Slot

__all__ = ["Storage", "pack"]


@dataclass(eq=False)
class Storage:
    """Memory that values take over from each other, while they live.

    Attributes:
        size: Bytes.
        start: The position in the order of steps from which it is needed.
        end: The position at which it is needed last.
        part: Its place in a concatenation, if it has one.
        whole: The storage of this concatenation.
        has_parts: Whether it is the memory of a concatenation.
        place: Where it lies, in the end.
    """

    size: int
    start: int
    end: int
    part: Part | None = None
    whole: "Storage | None" = None
    has_parts: bool = False
    place: Place | None = None

    @property
    def outermost(self) -> "Storage":
        """The storage of the whole, if this is part of one."""
        return self.whole or self

    def extend(self, end: int) -> None:
        """Keep the memory up to a position."""
        self.end = max(self.end, end)
        self.outermost.end = max(self.outermost.end, end)


def pack(storages: Iterable[Storage]) -> int:
    """Give each storage a place, those that are never needed together the same; give the bytes."""
    free: dict[int, list[Slot]] = {}
    ending: list[tuple[int, int, Slot]] = []
    arena = 0
    for number, storage in enumerate(sorted(storages, key=lambda storage: storage.start)):
        if storage.part is not None:
            storage.place = storage.part
        if storage.place is not None:
            continue
        while ending and ending[0][0] < storage.start:
            _, _, slot = heappop(ending)
            free.setdefault(slot.size, []).append(slot)
        spare = free.get(storage.size)
        slot = spare.pop() if spare else Slot(arena, storage.size)
        arena = max(arena, slot.start + slot.size)
        storage.place = slot
        heappush(ending, (storage.end, number, slot))
    return arena
