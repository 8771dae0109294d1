"""Where the time of a call goes: per step, as a table, as a trace, or as colors of a picture."""

from graphnet.profiling.measure import profile as profile
from graphnet.profiling.profile import Profile as Profile
from graphnet.profiling.timing import Timing as Timing

__all__ = ["Profile", "Timing", "profile"]
