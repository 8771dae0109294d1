"""Optimizers: how variables are updated by their gradients."""

from graphnet.optim import schedules as schedules
from graphnet.optim.adagrad import Adadelta as Adadelta
from graphnet.optim.adagrad import Adagrad as Adagrad
from graphnet.optim.adam import Adam as Adam
from graphnet.optim.adam import AdamW as AdamW
from graphnet.optim.adam_variants import Adamax as Adamax
from graphnet.optim.adam_variants import Nadam as Nadam
from graphnet.optim.average import MovingAverage as MovingAverage
from graphnet.optim.clip import ClipByGlobalNorm as ClipByGlobalNorm
from graphnet.optim.clip import ClipByNorm as ClipByNorm
from graphnet.optim.clip import ClipByValue as ClipByValue
from graphnet.optim.clip import global_norm as global_norm
from graphnet.optim.lamb import LAMB as LAMB
from graphnet.optim.lion import Lion as Lion
from graphnet.optim.optimizer import Optimizer as Optimizer
from graphnet.optim.plateau import ReduceOnPlateau as ReduceOnPlateau
from graphnet.optim.rmsprop import RMSProp as RMSProp
from graphnet.optim.schedule import Schedule as Schedule
from graphnet.optim.sgd import SGD as SGD
from graphnet.optim.sgd import Momentum as Momentum
from graphnet.optim.step import Step as Step

__all__ = [
    "LAMB",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "ClipByGlobalNorm",
    "ClipByNorm",
    "ClipByValue",
    "Lion",
    "Momentum",
    "MovingAverage",
    "Nadam",
    "Optimizer",
    "RMSProp",
    "ReduceOnPlateau",
    "Schedule",
    "Step",
    "global_norm",
    "schedules",
]
