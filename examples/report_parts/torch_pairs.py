"""The same trainings by graphnet and by PyTorch, in turns."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import graphnet as gn
from graphnet.typing import Array
from report_parts.disk_points import Examples
from report_parts.settings import Settings
from report_parts.timed_networks import (
    BATCH,
    EXPERIMENTS,
    RUNS,
    TIME,
    Experiment,
    batches_for,
    examples_for,
    fit,
    prepared,
    scores,
    shortened,
    targets_for,
)
from report_parts.torch_peer import Assignment, TorchPeer
from report_parts.work import Run, show_line

__all__ = ["Pair", "train_pairs"]

TURNS = 20
"""How often graphnet and PyTorch take turns in one training."""


class Pair(NamedTuple):
    """The same training by graphnet and by PyTorch."""

    ours: Run
    theirs: Run
    version: str


def train_pairs(settings: Settings) -> dict[str, list[Pair]]:
    """Train with both, one after the other, so that nothing else runs on the machine."""
    tasks = [
        (shortened(experiment, settings), seed)
        for experiment in EXPERIMENTS
        for seed in settings.seeds(RUNS)[: experiment.pairs]
    ]
    found: dict[str, list[Pair]] = {}
    for experiment, seed in tasks:
        pair = train_pair(experiment, seed, settings)
        found.setdefault(experiment.name, []).append(pair)
        ours, theirs = (run.values[TIME.key] for run in (pair.ours, pair.theirs))
        show_line(f"002, {experiment.name}: {ours:.2f} s, PyTorch {theirs:.2f} s")
    return found


def train_pair(experiment: Experiment, seed: int, settings: Settings) -> Pair:
    """Train with both in turn, a few epochs each, from the same weights on the same batches."""
    assert settings.torch is not None, "asked for on the command line"
    examples = examples_for(experiment, seed, settings.data)
    batches = batches_for(experiment, examples, seed)
    turn = max(1, experiment.epochs // TURNS)
    with prepared(experiment, seed) as (network, session):
        variables = session.run(list(network.variables))
        assignment = assign(experiment, seed, examples, variables)
        with TorchPeer(settings.torch, assignment) as peer:
            ours = theirs = 0.0
            for begin in range(0, experiment.epochs, turn):
                count = min(turn, experiment.epochs - begin)
                ours += fit(session, network, batches, count)
                theirs += peer.train(count)
            outputs = [session.run(network.outputs, {network.inputs: part[0]}) for part in examples]
            mine = Run({TIME.key: ours, **scores(outputs, examples)})
            other = Run({TIME.key: theirs, **scores(peer.outputs(), examples)})
            return Pair(mine, other, peer.version)


def assign(
    experiment: Experiment, seed: int, examples: Examples, variables: Sequence[Array]
) -> Assignment:
    """Say what PyTorch is to train."""
    (inputs, labels), (others, _) = examples
    positions = gn.data.batches(np.arange(len(labels)), len(labels), seed=seed)
    orders = np.concatenate([batch for _ in range(experiment.epochs) for batch in positions])
    return Assignment(
        variables=variables,
        loss=experiment.loss,
        rate=experiment.rate,
        batch=BATCH,
        inputs=inputs,
        targets=targets_for(experiment, labels),
        others=others,
        orders=orders.reshape(experiment.epochs, -1),
    )
