"""Settings of an optimizer: numbers, scalar tensors or schedules, for all variables or for some."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import chain
from math import inf
from numbers import Real
from typing import Any, TypeAlias

from graphnet.errors import DefinitionError, ShapeError, near_names
from graphnet.ir.context import creation_site
from graphnet.ir.tensor import Tensor, describe
from graphnet.optim.plateau import ReduceOnPlateau
from graphnet.optim.schedule import Schedule

__all__ = ["Groups", "Settings", "Value", "check_setting", "check_used", "settings_of"]

Value: TypeAlias = float | Tensor | Schedule | ReduceOnPlateau
Settings: TypeAlias = Mapping[str, Value]
Groups: TypeAlias = Mapping[str, Settings]

SHARES = frozenset({"beta1", "beta2", "decay", "momentum"})
"""The settings that say which share of an average is kept, so that they are below 1."""


def check_setting(label: str, name: str, value: Any) -> Value:
    """Give a valid value of a setting.

    Raises:
        DefinitionError: It is no number, or out of range.
        ShapeError: It is a tensor, and not a scalar.
    """
    words = name.replace("_", " ")
    if isinstance(value, Tensor):
        if value.shape:
            raise ShapeError(
                f"{label}: the {words} must be a scalar",
                at=str(creation_site()),
                rows=[describe(value)],
                hint="give one number for all elements",
            )
        return value
    if isinstance(value, Schedule | ReduceOnPlateau):
        return value
    limit = 1.0 if name in SHARES else inf
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= float(value) < limit:
        numbers = "number from 0 to below 1" if limit == 1 else "finite number from 0 up"
        article = "an" if words[0] in "aeiou" else "a"
        raise DefinitionError(
            f"{label}: {value!r:.60} is not {article} {words}",
            at=str(creation_site()),
            hint=f"use a {numbers}, a scalar tensor, or a schedule",
        )
    return float(value)


def check_groups(label: str, groups: Any, known: Settings) -> Groups:
    """Give valid settings by patterns of names.

    Raises:
        DefinitionError: A setting does not exist, or its value is not valid.
    """
    if not isinstance(groups, Mapping) or not all(isinstance(g, Mapping) for g in groups.values()):
        raise DefinitionError(
            f"{label}: {groups!r:.60} are no groups",
            at=str(creation_site()),
            hint='give settings by pattern, as in {"*/bias": {"learning_rate": 0.1}}',
        )
    return {
        pattern: {
            name: check_setting(label, check_known(label, name, known), value)
            for name, value in settings.items()
        }
        for pattern, settings in groups.items()
    }


def check_known(label: str, name: str, known: Settings) -> str:
    """Refuse the name of a setting that the optimizer does not have."""
    if name not in known:
        raise DefinitionError(
            f"{label}: there is no setting {name!r:.60}",
            at=str(creation_site()),
            hint=near_names(str(name), known) or f"the settings are {', '.join(known)}",
        )
    return name


def check_used(label: str, groups: Groups, names: Iterable[str]) -> None:
    """Refuse a pattern that no variable fits.

    Raises:
        DefinitionError: There is one.
    """
    known = list(names)
    for pattern in groups:
        if not any(fnmatchcase(name, pattern) for name in known):
            raise DefinitionError(
                f"{label}: no variable fits the group {pattern!r}",
                at=str(creation_site()),
                rows=[("variable", repr(name)) for name in known[:5]],
                hint=near_names(pattern, dict.fromkeys(chain(*map(patterns_for, known))))
                or "a pattern is a name, in which * stands for any characters",
            )


def patterns_for(name: str) -> Iterator[str]:
    """Give patterns that a name fits: itself, its beginnings, and its ends."""
    yield name
    for cut, mark in enumerate(name):
        if mark == "/":
            yield name[: cut + 1] + "*"
            yield "*" + name[cut:]


def settings_of(name: str, settings: Settings, groups: Groups) -> tuple[tuple[str, ...], Settings]:
    """Give the patterns that a variable fits, and its settings; later groups come first."""
    fitting = tuple(pattern for pattern in groups if fnmatchcase(name, pattern))
    found = dict(settings)
    for pattern in fitting:
        found |= groups[pattern]
    return fitting, found
