"""Schedules of the learning rate, or of any other setting of an optimizer.

Steps are counted from 0: a schedule for 100 steps is asked for the rates of the steps 0 to 99. What
happens in step 100 is for its ``after`` to say: with "error", the default, the run fails, and no
variable changes; with "hold" the rate stays what it is at the end: at the end of a curve, which is
in step 100, and for ``step``, which has no curve, in step 99.
"""

import math
from collections.abc import Sequence

import numpy as np

from graphnet.ir.tensor import Tensor
from graphnet.ops.elementwise import cos, log
from graphnet.ops.families import cast_to
from graphnet.ops.like import full_like, zeros_like
from graphnet.ops.rounding import floor
from graphnet.ops.select import clip, maximum, minimum, where
from graphnet.optim.schedule import (
    After,
    Schedule,
    check_counts,
    check_numbers,
    is_count,
    schedule,
    wrong,
)

__all__ = [
    "constant",
    "cosine",
    "cosine_restarts",
    "exponential",
    "joined",
    "one_cycle",
    "piecewise",
    "polynomial",
    "step",
    "warm_up",
]

FLOAT, INTEGER = np.dtype(np.float64), np.dtype(np.int64)


def constant(rate: float, *, length: int | None = None, after: After = "error") -> Schedule:
    """Keep one rate.

    Args:
        rate: The rate.
        length: Number of steps, where something is to follow.
        after: What a step behind the last one does.

    Example:
        >>> import graphnet as gn
        >>> gn.optim.schedules.constant(0.1).values(3)
        array([0.1, 0.1, 0.1])
    """
    check_numbers("constant", rate=rate)
    return schedule("constant", lambda t: full_like(t, float(rate)), length, after, rate=rate)


def piecewise(boundaries: Sequence[int], rates: Sequence[float]) -> Schedule:
    """Change the rate at given steps.

    Args:
        boundaries: The first step of each rate but the first, increasing.
        rates: One more than boundaries.

    Example:
        >>> import graphnet as gn
        >>> gn.optim.schedules.piecewise([2, 3], [1.0, 0.5, 0.25]).values(5)
        array([1.  , 1.  , 0.5 , 0.25, 0.25])
    """
    edges, levels = tuple(boundaries), tuple(rates)
    if not all(map(is_count, edges)) or list(edges) != sorted(set(edges)):
        raise wrong("piecewise", f"{list(edges)} are no boundaries", "give increasing steps")
    if len(levels) != len(edges) + 1:
        hint = "give one rate before each boundary, and one behind the last"
        raise wrong("piecewise", f"{len(levels)} rates for {len(edges)} boundaries", hint)
    check_numbers("piecewise", **{f"rates[{place}]": rate for place, rate in enumerate(levels)})

    def rate(t: Tensor) -> Tensor:
        result = full_like(t, float(levels[0]))
        for edge, level in zip(edges, levels[1:], strict=True):
            result = where(t < edge, result, level)
        return result

    settings = {"boundaries": list(edges), "rates": list(levels)}
    return schedule("piecewise", rate, None, "error", **settings)


def step(
    rate: float,
    factor: float = 0.1,
    *,
    every: int,
    length: int | None = None,
    after: After = "error",
) -> Schedule:
    r"""Multiply the rate by a factor every so many steps.

    :math:`\eta_t = \eta f^{\lfloor t / n \rfloor}`

    Args:
        rate: The first rate.
        factor: What it is multiplied by.
        every: How many steps have one rate.
        length: Number of steps, where something is to follow.
        after: What a step behind the last one does; "hold" keeps the rate of the last step.

    Example:
        >>> import graphnet as gn
        >>> gn.optim.schedules.step(1.0, 0.5, every=2).values(5)
        array([1.  , 1.  , 0.5 , 0.5 , 0.25])
    """
    check_numbers("step", rate=rate, factor=factor)
    check_counts("step", every=every)

    def at(t: Tensor) -> Tensor:
        reached = t if length is None else minimum(t, length - 1)
        falls = cast_to(reached, INTEGER) // every  # which is exact, whatever a division becomes
        return rate * factor ** cast_to(falls, FLOAT)

    settings = {"rate": rate, "factor": factor, "every": every}
    return schedule("step", at, length, after, **settings)


def exponential(
    rate: float,
    factor: float,
    *,
    every: int = 1,
    length: int | None = None,
    after: After = "error",
) -> Schedule:
    r"""Let the rate fall evenly on a logarithmic scale.

    :math:`\eta_t = \eta f^{t / n}`

    Args:
        rate: The first rate.
        factor: What it is multiplied by in ``every`` steps.
        every: Number of steps.
        length: Number of steps, where something is to follow.
        after: What a step behind the last one does.

    Example:
        >>> import graphnet as gn
        >>> gn.optim.schedules.exponential(1.0, 0.25, every=2).values(3)
        array([1.  , 0.5 , 0.25])
    """
    check_numbers("exponential", rate=rate, factor=factor)
    check_counts("exponential", every=every)
    settings = {"rate": rate, "factor": factor, "every": every}
    return schedule(
        "exponential", lambda t: rate * factor ** (t / every), length, after, **settings
    )


def polynomial(
    rate: float, end: float = 0.0, power: float = 1.0, *, length: int, after: After = "error"
) -> Schedule:
    r"""Go from one rate to another along a power of the time that is left.

    :math:`\eta_t = \eta_T + (\eta_0 - \eta_T) (1 - t / T)^p`

    Args:
        rate: The first rate.
        end: The rate that is reached behind the last step.
        power: 1 for a straight line.
        length: Number of steps.
        after: What a step behind the last one does.

    Example:
        >>> import graphnet as gn
        >>> gn.optim.schedules.polynomial(1.0, power=2, length=4).values(4)
        array([1.    , 0.5625, 0.25  , 0.0625])
    """
    check_numbers("polynomial", rate=rate, end=end, power=power)
    check_counts("polynomial", length=length)

    def at(t: Tensor) -> Tensor:
        left = 1 - t / length
        return end + (rate - end) * (left if power == 1 else left**power)

    settings = {"rate": rate, "end": end, "power": power}
    return schedule("polynomial", at, length, after, **settings)


def cosine(rate: float, end: float = 0.0, *, length: int, after: After = "error") -> Schedule:
    r"""Go from one rate to another along half a wave.

    :math:`\eta_t = \eta_T + \tfrac12 (\eta_0 - \eta_T) (1 + \cos(\pi t / T))`

    I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.

    Args:
        rate: The first rate.
        end: The rate that is reached behind the last step.
        length: Number of steps.
        after: What a step behind the last one does.

    Example:
        >>> import graphnet as gn
        >>> gn.optim.schedules.cosine(1.0, length=4).values(4)
        array([1.        , 0.85355339, 0.5       , 0.14644661])
    """
    check_numbers("cosine", rate=rate, end=end)
    check_counts("cosine", length=length)
    settings = {"rate": rate, "end": end}
    return schedule("cosine", lambda t: half_wave(t / length, rate, end), length, after, **settings)


def cosine_restarts(
    rate: float,
    end: float = 0.0,
    *,
    period: int,
    growth: int = 1,
    cycles: int | None = None,
    after: After = "error",
) -> Schedule:
    r"""Go along half a wave again and again, each time ``growth`` times as long.

    :math:`\eta_t = \eta_T + \tfrac12 (\eta_0 - \eta_T) (1 + \cos(\pi t_i / T_i))` with
    :math:`T_i = n m^i` and :math:`t_i` the steps since the last restart.

    I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.

    Args:
        rate: The first rate of each cycle.
        end: The rate at the end of each cycle.
        period: Number of steps of the first cycle.
        growth: How many times as long the next cycle is.
        cycles: How many cycles there are; by default there is no end.
        after: What a step behind the last one does.

    Example:
        >>> import graphnet as gn
        >>> gn.optim.schedules.cosine_restarts(1.0, period=2, growth=2).values(7)
        array([1.        , 0.5       , 1.        , 0.85355339, 0.5       ,
               0.14644661, 1.        ])
    """
    check_numbers("cosine_restarts", rate=rate, end=end)
    check_counts("cosine_restarts", period=period, growth=growth)
    if cycles is not None:
        check_counts("cosine_restarts", cycles=cycles)

    def at(t: Tensor) -> Tensor:
        cycle = cycle_of(cast_to(t, INTEGER), period, growth)
        if cycles is not None:
            cycle = minimum(cycle, cycles - 1)
        since = t - cast_to(start_of(cycle, period, growth), FLOAT)
        return half_wave(since / cast_to(period * growth**cycle, FLOAT), rate, end)

    settings = {"rate": rate, "end": end, "period": period, "growth": growth}
    if cycles is None:
        return schedule("cosine_restarts", at, None, after, **settings)
    length = period * sum(growth**cycle for cycle in range(cycles))
    return schedule("cosine_restarts", at, length, after, **settings)


def joined(*schedules: Schedule) -> Schedule:
    """Let one schedule follow the other, each with its steps counted from its own start.

    What follows the last one is for its own ``after`` to say.

    Args:
        schedules: All but the last one have a length.

    Example:
        >>> import graphnet as gn
        >>> first = gn.optim.schedules.constant(0.5, length=2)
        >>> gn.optim.schedules.joined(first, gn.optim.schedules.exponential(0.5, 0.5)).values(4)
        array([0.5 , 0.5 , 0.5 , 0.25])
    """
    if not schedules:
        raise wrong("joined", "there are no schedules", "give at least one")
    *first, last = schedules
    lengths = [piece.length or 0 for piece in first]
    for piece, length in zip(first, lengths, strict=True):
        if not length:
            hint = "give all but the last one a length"
            raise wrong("joined", f"nothing can follow {piece}, which has no end", hint)

    def rate(t: Tensor) -> Tensor:
        parts, start = [], 0
        for piece, length in zip(first, lengths, strict=True):
            parts.append((start + length, piece.rate(clip(t - start, 0, length))))
            start += length
        result = last.rate(maximum(t - start, 0))
        for stop, value in reversed(parts):
            result = where(t < stop, value, result)
        return result

    total = None if last.length is None else sum(lengths) + last.length
    return Schedule(f"joined({', '.join(map(repr, schedules))})", rate, total, last.after)


def warm_up(length: int, then: float | Schedule, start: float = 0.0) -> Schedule:
    r"""Go to a rate, or to the first rate of a schedule, along a straight line, and stay there.

    :math:`\eta_t = \eta_0 + (\eta - \eta_0) t / T`, then the schedule.

    P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017.

    Args:
        length: Number of steps on the line.
        then: What follows: a rate that is kept, or a schedule, whose steps are counted from there.
        start: The first rate.

    Example:
        >>> import graphnet as gn
        >>> gn.optim.schedules.warm_up(4, 1.0).values(6)
        array([0.  , 0.25, 0.5 , 0.75, 1.  , 1.  ])
    """
    check_counts("warm_up", length=length)
    check_numbers("warm_up", start=start)
    goal = then if isinstance(then, Schedule) else constant(then)

    def rate(t: Tensor) -> Tensor:
        return start + (goal.rate(zeros_like(t)) - start) * (t / length)

    text = f"warm_up(length={length}, start={start!r})"
    rise = Schedule(text, rate, length)
    whole = joined(rise, goal)
    return Schedule(f"{text[:-1]}, then={then!r})", whole.rate, whole.length, whole.after)


def one_cycle(
    rate: float,
    *,
    length: int,
    start: float | None = None,
    end: float | None = None,
    rise: float = 0.45,
    fall: float = 0.45,
    after: After = "error",
) -> Schedule:
    """Go up along a straight line, down again, and in the last steps far below.

    L. N. Smith, N. Topin, "Super-convergence: very fast training of neural networks using large
    learning rates", 2017; L. N. Smith, "A disciplined approach to neural network
    hyper-parameters", 2018, who lets a momentum go the other way: any setting of an optimizer may
    be a schedule.

    Args:
        rate: The highest rate.
        length: Number of steps.
        start: The first rate, and the one before the last steps; by default a tenth of ``rate``.
        end: The rate that is reached behind the last step; by default a hundredth of ``start``.
        rise: Share of the steps on the way up.
        fall: Share of the steps on the way down; the rest are the last steps.
        after: What a step behind the last one does.

    Example:
        >>> import graphnet as gn
        >>> gn.optim.schedules.one_cycle(1.0, length=10, rise=0.4, fall=0.4).values(10)
        array([0.1   , 0.325 , 0.55  , 0.775 , 1.    , 0.775 , 0.55  , 0.325 ,
               0.1   , 0.0505])
    """
    low = rate / 10 if start is None else start
    final = low / 100 if end is None else end
    check_numbers("one_cycle", rate=rate, start=low, end=final, rise=rise, fall=fall)
    check_counts("one_cycle", length=length)
    up, down = round(rise * length), round(fall * length)
    rest = length - up - down
    if min(up, down, rest) < 1:
        hint = "rise and fall are shares of the steps, which leave some for the end"
        raise wrong("one_cycle", f"{length} steps cannot be shared out", hint)
    whole = joined(
        polynomial(low, rate, length=up),
        polynomial(rate, low, length=down),
        polynomial(low, final, length=rest),
    )
    settings = {"rate": rate, "start": low, "end": final, "rise": rise, "fall": fall}
    return schedule("one_cycle", whole.rate, length, after, **settings)


def cycle_of(t: Tensor, period: int, growth: int) -> Tensor:
    """Give the number of the cycle that a step is in; integers decide, so that it is exact."""
    if growth == 1:
        return t // period
    turns = log(cast_to(t, FLOAT) * (growth - 1) / period + 1) / math.log(growth)
    near = cast_to(floor(turns + 0.5), INTEGER)
    return where(t < start_of(near, period, growth), near - 1, near)


def start_of(cycle: Tensor, period: int, growth: int) -> Tensor:
    """Give the first step of a cycle."""
    if growth == 1:
        return period * cycle
    return period * ((growth**cycle - 1) // (growth - 1))


def half_wave(share: Tensor, first: float, last: float) -> Tensor:
    """Give the rates where a share of a half wave is over."""
    return last + (first - last) / 2 * (1 + cos(math.pi * share))
