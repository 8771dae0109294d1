"""Training: a loop over epochs, what looks at it, and what it has seen."""

from graphnet.train.callback import Callback as Callback
from graphnet.train.events import TensorBoard as TensorBoard
from graphnet.train.fit import evaluate as evaluate
from graphnet.train.fit import fit as fit
from graphnet.train.history import Best as Best
from graphnet.train.history import History as History
from graphnet.train.logs import CSVLog as CSVLog
from graphnet.train.logs import JSONLog as JSONLog
from graphnet.train.schedule import UpdateSchedule as UpdateSchedule
from graphnet.train.stopping import EarlyStopping as EarlyStopping
from graphnet.train.stopping import StopOnNaN as StopOnNaN
from graphnet.train.stopping import TimeLimit as TimeLimit
from graphnet.train.training import Training as Training
from graphnet.train.weights import KeepBest as KeepBest
from graphnet.train.weights import RestartWhenStuck as RestartWhenStuck

__all__ = [
    "Best",
    "CSVLog",
    "Callback",
    "EarlyStopping",
    "History",
    "JSONLog",
    "KeepBest",
    "RestartWhenStuck",
    "StopOnNaN",
    "TensorBoard",
    "TimeLimit",
    "Training",
    "UpdateSchedule",
    "evaluate",
    "fit",
]
