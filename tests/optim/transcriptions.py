"""Update rules and schedules in NumPy, written down from the papers, step by step.

A rule takes the variable, the gradient, what it has kept so far and with it "t", the number of the
step counted from 1, and its settings; it changes what is kept, and gives the new variable. All is
in the form in which the paper prints it, without regard to cost.
"""

from math import cos, pi
from types import SimpleNamespace as Settings
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Kept = dict[str, Any]


def sgd(p: Array, g: Array, _: Kept, h: Settings) -> Array:
    """Robbins, Monro 1951."""
    return np.asarray(p - h.rate * g)


def momentum(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Polyak 1964, with the rate in the velocity."""
    kept["v"] = h.mu * kept.get("v", 0) + h.rate * g
    return np.asarray(p - kept["v"])


def report_momentum(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """The form with the rate outside: gamma <- mu gamma + g, p <- p - rate gamma."""
    kept["v"] = h.mu * kept.get("v", 0) + g
    return np.asarray(p - h.rate * kept["v"])


def nesterov(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Sutskever et al. 2013, equations 3 and 4, followed where the gradient is taken.

    Their variable is theta, the gradient is taken at p = theta + mu v (v of the sign of the step).
    """
    old = kept.get("v", np.zeros_like(p))
    theta = p - h.mu * old
    kept["v"] = h.mu * old - h.rate * g
    theta = theta + kept["v"]
    return np.asarray(theta + h.mu * kept["v"])


def adagrad(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Duchi et al. 2011, figure 1 with diagonal matrices: H = delta I + diag(s)."""
    kept.setdefault("gradients", []).append(g)
    s = np.sqrt(np.sum(np.square(kept["gradients"]), axis=0))
    return np.asarray(p - h.rate * g / (h.epsilon + s))


def adadelta(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Zeiler 2012, algorithm 1."""
    kept["g2"] = h.rho * kept.get("g2", 0) + (1 - h.rho) * g**2
    rms_gradient = np.sqrt(kept["g2"] + h.epsilon)
    rms_change = np.sqrt(kept.get("x2", 0) + h.epsilon)
    change = -rms_change / rms_gradient * g
    kept["x2"] = h.rho * kept.get("x2", 0) + (1 - h.rho) * change**2
    return np.asarray(p + h.rate * change)


def rmsprop(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Tieleman, Hinton 2012."""
    kept["n"] = h.decay * kept.get("n", 0) + (1 - h.decay) * g**2
    return np.asarray(p - h.rate * g / np.sqrt(kept["n"] + h.epsilon))


def rmsprop_graves(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Graves 2013, equations 38 to 41."""
    kept["n"] = h.decay * kept.get("n", 0) + (1 - h.decay) * g**2
    kept["g"] = h.decay * kept.get("g", 0) + (1 - h.decay) * g
    root = np.sqrt(kept["n"] - kept["g"] ** 2 + h.epsilon)
    kept["delta"] = h.mu * kept.get("delta", 0) - h.rate * g / root
    return np.asarray(p + kept["delta"])


def moments(g: Array, kept: Kept, h: Settings) -> tuple[Array, Array]:
    """Kingma, Ba 2015, algorithm 1: the corrected averages."""
    kept["m"] = h.beta1 * kept.get("m", 0) + (1 - h.beta1) * g
    kept["v"] = h.beta2 * kept.get("v", 0) + (1 - h.beta2) * g**2
    return kept["m"] / (1 - h.beta1 ** kept["t"]), kept["v"] / (1 - h.beta2 ** kept["t"])


def adam(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Kingma, Ba 2015, algorithm 1."""
    m_hat, v_hat = moments(g, kept, h)
    return np.asarray(p - h.rate * m_hat / (np.sqrt(v_hat) + h.epsilon))


def report_adam(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """The form with epsilon under the root."""
    m_hat, v_hat = moments(g, kept, h)
    return np.asarray(p - h.rate / np.sqrt(v_hat + h.epsilon) * m_hat)


def adamw(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Loshchilov, Hutter 2019, algorithm 2, lines 9 to 12; lambda is rate * decay."""
    m_hat, v_hat = moments(g, kept, h)
    return np.asarray(p - (h.rate * m_hat / (np.sqrt(v_hat) + h.epsilon) + h.rate * h.decay * p))


def nadam(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Dozat 2016, algorithm 2, with the schedule of section 3."""
    mu = [h.beta1 * (1 - 0.5 * 0.96 ** (i * h.psi)) for i in range(kept["t"] + 2)]
    kept["m"] = mu[kept["t"]] * kept.get("m", 0) + (1 - mu[kept["t"]]) * g
    kept["n"] = h.beta2 * kept.get("n", 0) + (1 - h.beta2) * g**2
    m_hat = mu[kept["t"] + 1] * kept["m"] / (1 - np.prod(mu[1 : kept["t"] + 2]))
    m_hat = m_hat + (1 - mu[kept["t"]]) * g / (1 - np.prod(mu[1 : kept["t"] + 1]))
    n_hat = kept["n"] / (1 - h.beta2 ** kept["t"])
    return np.asarray(p - h.rate / (np.sqrt(n_hat) + h.epsilon) * m_hat)


def adamax(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Kingma, Ba 2015, algorithm 2, with epsilon beside u."""
    kept["m"] = h.beta1 * kept.get("m", 0) + (1 - h.beta1) * g
    kept["u"] = np.maximum(h.beta2 * kept.get("u", 0), np.abs(g))
    return np.asarray(p - h.rate / (1 - h.beta1 ** kept["t"]) * kept["m"] / (kept["u"] + h.epsilon))


def lion(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """Chen et al. 2023, algorithm 2."""
    m = kept.get("m", 0)
    c = h.beta1 * m + (1 - h.beta1) * g
    kept["m"] = h.beta2 * m + (1 - h.beta2) * g
    return np.asarray(p - h.rate * (np.sign(c) + h.decay * p))


def lamb(p: Array, g: Array, kept: Kept, h: Settings) -> Array:
    """You et al. 2020, algorithm 2, phi being the identity."""
    m_hat, v_hat = moments(g, kept, h)
    direction = m_hat / (np.sqrt(v_hat) + h.epsilon) + h.decay * p
    size, length = np.linalg.norm(p), np.linalg.norm(direction)
    ratio = size / length if size > 0 and length > 0 else 1.0
    return np.asarray(p - h.rate * ratio * direction)


# Schedules


def cosine(t: int, rate: float, end: float, length: int) -> float:
    """Loshchilov, Hutter 2017, equation 5."""
    return end + 0.5 * (rate - end) * (1 + cos(pi * t / length))


def cosine_restarts(t: int, rate: float, end: float, period: int, growth: int) -> float:
    """Loshchilov, Hutter 2017, equation 5, by going through the cycles."""
    while t >= period:
        t, period = t - period, period * growth
    return cosine(t, rate, end, period)


def one_cycle(
    t: int, rate: float, start: float, end: float, up: int, down: int, rest: int
) -> float:
    """Smith 2018, section 4.1: up, down, and far below."""
    corners = [0, up, up + down, up + down + rest]
    return float(np.interp(t, corners, [start, rate, start, end]))
