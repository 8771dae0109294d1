"""A second thread of Python that takes part in the work of the first.

NumPy gives up Python's lock while it works on a large array, so two threads of Python use two
cores.
"""

import os
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread

from graphnet.typing import Array

__all__ = ["Job", "share"]


class Job:
    """Blocks that are left to do, for whoever has time.

    Args:
        body: What is called for each.
        arrays: The whole arrays.
        blocks: The parts of their first axis.

    Attributes:
        errors: What ``body`` raised on the second thread.
    """

    def __init__(
        self, body: Callable[..., object], arrays: Sequence[Array], blocks: Sequence[slice]
    ) -> None:
        self.body = body
        self.arrays = arrays
        self.left = deque(blocks)
        self.context = copy_context()
        self.busy = Lock()
        self.errors: list[BaseException] = []

    def work(self, room: Sequence[Array]) -> None:
        """Do one block after the other until none is left."""
        while self.left:
            try:
                block = self.left.popleft()
            except IndexError:  # the other thread was faster
                return
            length = block.stop - block.start
            self.body(*[array[block] for array in self.arrays], *[value[:length] for value in room])

    def help(self, room: Sequence[Array]) -> None:
        """Work on the second thread, unless the first one has finished by now."""
        if not self.busy.acquire(blocking=False):
            return
        try:
            self.context.run(self.work, room)
        except BaseException as error:  # noqa: BLE001  # raised where the job came from
            self.errors.append(error)
            self.left.clear()
        finally:
            self.busy.release()

    def finish(self) -> None:
        """See to it that no more blocks are begun, and wait for the one under way.

        Raises:
            BaseException: Ctrl-C, or what another signal raises; waiting goes on before that.
        """
        self.left.clear()
        interrupts: list[BaseException] = []
        while self.busy.locked():
            try:
                with self.busy:
                    break
            except BaseException as error:  # noqa: BLE001  # raised below
                interrupts.append(error)
        if interrupts:
            raise interrupts.pop()


def share(job: Job, room: Sequence[Array], second_room: Sequence[Array]) -> None:
    """Do a job, with the second thread as far as it has time.

    Raises:
        BaseException: What the job's ``body`` raised on either thread, or Ctrl-C; none of them
            works on the arrays any more then.
    """
    try:
        partner.ask(partial(job.help, second_room))
        job.work(room)
    finally:
        try:
            job.finish()
        except BaseException:  # Ctrl-C, perhaps before all was finished
            job.finish()
            raise
    if job.errors:
        raise job.errors.pop()


class Partner:
    """The second thread: started when it is first needed, and not there while a process forks.

    Nobody waits for it to begin. A job that it does not get to is done by the thread that asked.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.jobs: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self.thread: Thread | None = None

    def ask(self, job: Callable[[], object]) -> None:
        """Ask for a job to be done, if there can be a thread."""
        with self.lock, suppress(RuntimeError):  # Python is ending, or there are too many threads
            if self.thread is None:
                thread = Thread(target=serve, args=(self.jobs,), name="graphnet", daemon=True)
                thread.start()
                self.thread = thread
            self.jobs.put(job)

    def leave(self) -> None:
        """End the thread; ``come_back`` allows it again."""
        self.lock.acquire()
        if self.thread is not None:
            ending, self.thread = self.thread, None
            self.jobs.put(None)
            ending.join()

    def come_back(self) -> None:
        """Allow a new thread, in the process that forked and in the new one."""
        self.lock.release()


def serve(jobs: "SimpleQueue[Callable[[], object] | None]") -> None:
    """Do jobs until there comes None."""
    while (job := jobs.get()) is not None:
        job()
        del job  # its arrays must not live until the next one comes


partner = Partner()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=partner.leave,
        after_in_parent=partner.come_back,
        after_in_child=partner.come_back,
    )
