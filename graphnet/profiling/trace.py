"""A profile in Chrome's trace event format.

The format is described in "Trace Event Format" by N. Duca and D. Sinclair (Google, 2016): complete
events ("ph": "X") have a start and a duration in microseconds, and nest by time.
"""

import json
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from graphnet.profiling.timing import Timing

__all__ = ["to_trace", "write_trace"]

PLACE = {"pid": 1, "tid": 1}
"""Process and thread, as the viewer numbers them."""


def to_trace(timings: Sequence[Timing], total: float) -> dict[str, Any]:
    """Give calls one after the other, inside of an event for everything.

    Args:
        timings: The calls.
        total: Seconds of everything.

    Example:
        >>> trace = to_trace([Timing("exp", "exp(x)", 2e-6), Timing("log", "log(x)", 1e-6)], 4e-6)
        >>> [(each["name"], each["ts"], each["dur"]) for each in trace["traceEvents"][1:]]
        [('call', 0.0, 4.0), ('exp', 0.0, 2.0), ('log', 2.0, 1.0)]
    """
    ends = list(accumulate((timing.seconds for timing in timings), initial=0.0))
    label = {"name": "process_name", "ph": "M", **PLACE, "args": {"name": "graphnet"}}
    whole = event("call", "call", 0.0, max(total, ends[-1]), {})
    calls = [
        event(timing.name or timing.op, timing.op, start, end, facts(timing))
        for timing, start, end in zip(timings, ends, ends[1:], strict=False)
    ]
    return {"traceEvents": [label, whole, *calls], "displayTimeUnit": "ns"}


def event(name: str, category: str, start: float, end: float, facts: dict[str, Any]) -> Any:
    """Give an event from one time to another, to the nanosecond, so that it does not overlap."""
    first, last = round(start * 1e9), round(end * 1e9)
    times = {"ts": first / 1000, "dur": (last - first) / 1000}
    return {"name": name, "cat": category, "ph": "X", **PLACE, **times, "args": facts}


def facts(timing: Timing) -> dict[str, Any]:
    """Give what the viewer tells of a call."""
    found = {
        "op": timing.op,
        "text": timing.text,
        "read": timing.read,
        "written": timing.written,
        "place": timing.place,
        "source": timing.source,
        "commit": timing.commit,
    }
    return {key: value for key, value in found.items() if value}


def write_trace(trace: dict[str, Any], path: Path) -> None:
    """Write a trace as JSON."""
    path.write_text(json.dumps(trace, indent=1), encoding="utf-8")
