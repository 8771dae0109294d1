"""Every option switches the step that it names, and nothing else."""

from dataclasses import fields, replace

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.options import Options
from graphnet.compiler.pipeline import compile_graph
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Call, Number, Slot
from graphnet.ir import Node, Spec, Tensor
from tests.compiler.kit import Kit

PASSES = ["prune", "simplify", "fold_constants", "simplify", "merge_duplicates"]
ALL = [
    "specialize",
    *PASSES,
    "copies",
    "scalars",
    "products",
    "updates",
    "orders",
    "schedule",
    "allocate",
]


def model() -> tuple[list[Tensor | Node], list[Tensor]]:
    """Declare a training step that each of the steps has work to do for."""
    kit = Kit("float32")
    x = kit.input(16)
    h = gn.relu(kit.dense(gn.relu(kit.dense(x, 16)), 16))
    loss, labels = kit.classify(kit.dense(h, 3))
    return [loss, kit.train(loss)], [x, labels]


def plan(options: Options) -> Plan:
    """Compile the training step."""
    fetches, feeds = model()
    graph = fetches[0].graph.subgraph(fetches, feeds)
    specs = [Spec((25, 16), gn.float32), Spec((25, 3), gn.float32)]
    return compile_graph(graph, specs, options)


def stages(made: Plan) -> list[str]:
    """Give the names of the stages that ran."""
    return [stage.name for stage in made.report.stages]


def test_all_steps_run_by_default() -> None:
    """In the order of the pipeline."""
    assert stages(plan(Options())) == ALL
    assert Options() == Options(**{field.name: True for field in fields(Options)})


WITHOUT = {
    "simplify": [name for name in ALL if name not in PASSES],
    "reuse": ["specialize", *PASSES, "schedule", "allocate"],
    "forms": ALL,
    "updates": [name for name in ALL if name != "updates"],
    "orders": [name for name in ALL if name != "products"],
    "products": ALL,
    "scalars": [name for name in ALL if name != "scalars"],
}


def test_every_option_is_tested() -> None:
    """None is forgotten below."""
    assert set(WITHOUT) == {field.name for field in fields(Options)}


@pytest.mark.parametrize("name", WITHOUT)
def test_an_option_switches_its_stage(name: str) -> None:
    """The other stages run as before."""
    assert stages(plan(replace(Options(), **{name: False}))) == WITHOUT[name]


def test_none_switches_all() -> None:
    """A graph is run as it was declared."""
    assert not any(getattr(Options.none(), field.name) for field in fields(Options))
    assert stages(plan(Options.none())) == ["specialize", "schedule", "allocate"]


# What each changes in a plan


def ops(made: Plan) -> list[str]:
    """Give the names of the ops that are called."""
    return [step.node.op.name for step in (*made.steps, *made.updates) if isinstance(step, Call)]


def test_simplify_takes_composites_apart() -> None:
    """Without it, the graph is run with the ops that users and gradients declared."""
    assert "softmax_cross_entropy" not in ops(plan(Options()))
    assert "softmax_cross_entropy" in ops(plan(Options(simplify=False)))


def test_reuse_writes_into_memory_of_the_plan() -> None:
    """Without it, there is none."""
    assert plan(Options()).arena
    without = plan(Options(reuse=False))
    assert not without.arena
    assert not any(isinstance(place, Slot) for place in without.places.values())


def test_updates_are_written_at_once() -> None:
    """Without it, each variable is written by itself."""
    assert len(writes(plan(Options()))) == 1
    assert len(writes(plan(Options(updates=False)))) == 6


def writes(made: Plan) -> list[object]:
    """Give what is written to variables."""
    return [*made.writes, *(step for step in made.updates)]


def test_orders_turn_matrices() -> None:
    """Without it, everything lies by rows."""
    assert plan(Options()).by_columns
    assert not plan(Options(orders=False)).by_columns


def test_products_take_biases_in() -> None:
    """Without it, they are added, also where nothing is turned."""
    assert "add" not in ops(plan(Options()))
    assert ops(plan(Options(products=False))).count("add") == 3
    assert ops(plan(Options(orders=False))).count("add") == 3


def test_scalars_meet() -> None:
    """Without it, the mean and the rate are multiplied with arrays one after the other."""
    assert ops(plan(Options())).count("multiply") < ops(plan(Options(scalars=False))).count(
        "multiply"
    )


def test_forms_change_the_text_and_what_numbers_are() -> None:
    """Without them, all is called by kernels, and numbers are arrays."""
    fetches, feeds = model()
    for forms in (True, False):
        with gn.Session(optimize=Options(forms=forms)) as session:
            values = [np.ones((25, 16), np.float32), np.eye(25, 3, dtype=np.float32)]
            session.run(fetches, dict(zip(feeds, values, strict=True)))
            (program,) = session.programs.values()
        assert ("_dot(" in program.source) == forms
        assert ("matmul(" in program.source) != forms
        assert any(isinstance(each, Number) for each in program.plan.places.values()) == forms


def test_true_and_false_are_all_and_none() -> None:
    """A session takes a bool in place of options."""
    fetches, feeds = model()
    values = [np.ones((25, 16), np.float32), np.eye(25, 3, dtype=np.float32)]
    found = []
    for optimize in (True, Options(), False, Options.none()):
        with gn.Session(optimize=optimize) as session:
            session.run(fetches, dict(zip(feeds, values, strict=True)))
            (program,) = session.programs.values()
            found.append([stage for stage in stages(program.plan) if stage != "codegen"])
    assert found[0] == found[1] == ALL
    assert found[2] == found[3] == ["specialize", "schedule", "allocate"]
