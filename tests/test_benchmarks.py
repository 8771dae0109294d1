"""The benchmarks compute what they should; no test looks at a clock."""

import ast
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graphnet.compiler.steps import Copy, Fill
from graphnet.ops.linalg import Matmul
from tests.benchmarks.__main__ import main, parse
from tests.benchmarks.calls import FORMS, arrays
from tests.benchmarks.calls import main as measure_calls
from tests.benchmarks.child import Child, ChildError, environment
from tests.benchmarks.compiler import ALL, NONE, compile_times, settings, step_gains
from tests.benchmarks.document import compile_page, markdown, peer_page, put, step_page
from tests.benchmarks.inputs import draw, load, save
from tests.benchmarks.lines import AROUND, COMMIT, KINDS, OTHER, PRODUCT, Line, flops, operands
from tests.benchmarks.parts import BARE, PEER, PEER_PRODUCTS, Profile, Subject, profile
from tests.benchmarks.products import Layout, Operands, described, made, straight
from tests.benchmarks.profile_page import largest_lines, profile_page
from tests.benchmarks.report import show
from tests.benchmarks.runner import CHECKED, Options, Outcome, Outside, Run, Visit, disagreement
from tests.benchmarks.stamps import stamped
from tests.benchmarks.systems import (
    OWN,
    PEERS,
    SYSTEMS,
    Prepared,
    graphnet_session,
    numpy_products,
)
from tests.benchmarks.systems.numpy_loop import prepare as prepare_numpy
from tests.benchmarks.worker import Worker, numbers
from tests.benchmarks.workloads import (
    WORKLOADS,
    Adam,
    Attention,
    Elementwise,
    Inference,
    Recurrent,
    Training,
    Workload,
    describe,
)


def tiny(workload: Workload) -> Workload:
    """Make a workload small, and keep what makes it what it is."""
    match workload:
        case Training(sizes):
            return replace(workload, sizes=(3, *(5,) * (len(sizes) - 2), 4), batch=6)
        case Inference():
            return replace(workload, sizes=(3, 5, 4), batch=2)
        case Elementwise():
            return replace(workload, size=7)
        case Recurrent():
            return replace(workload, steps=4, width=3, batch=2)
        case Attention():
            return replace(workload, sequence=5, width=6, heads=2, batch=3)


def results(prepared: Prepared, steps: int) -> list[list[float]]:
    """Run the first steps."""
    worker = Worker(SYSTEMS["graphnet"])
    worker.use(prepared)
    found: list[list[float]] = worker.losses(steps)["losses"]
    return found


@pytest.mark.parametrize("call", ["compile", "run", "steps"])
@pytest.mark.parametrize("name", WORKLOADS)
def test_graphnet_gives_the_losses_of_the_reference(name: str, call: str) -> None:
    """Derivatives and updates by hand are those that graphnet finds."""
    workload = tiny(WORKLOADS[name])
    inputs = draw(workload)
    found = results(graphnet_session.prepare(workload, inputs, call), CHECKED)
    assert disagreement(found, results(prepare_numpy(workload, inputs), CHECKED)) is None


@pytest.mark.parametrize("name", [name for name in WORKLOADS if name not in ("W8", "W9")])
def test_a_wrong_rate_is_noticed(name: str) -> None:
    """The losses of the first steps tell rates apart that differ by three percent."""
    right: Any = WORKLOADS[name]
    wrong = replace(right, optimizer=replace(right.optimizer, rate=1.03 * right.optimizer.rate))
    inputs = draw(right)
    losses = [results(prepare_numpy(workload, inputs), CHECKED) for workload in (right, wrong)]
    assert disagreement(*losses) is not None


def test_a_step_call_by_call_is_a_step() -> None:
    """Steps of the stamped plan change the variables as others do."""
    workload = tiny(WORKLOADS["W6"])
    inputs = draw(workload)
    prepared = graphnet_session.prepare(workload, inputs, "compile")
    assert prepared.inside is not None
    first = results(prepared, 1)
    assert isinstance(prepared.inside(*prepared.batches[1]), float)
    third = numbers(prepared.step(*prepared.batches[2]))
    expected = results(prepare_numpy(workload, inputs), 3)
    assert disagreement([*first, third], [expected[0], expected[2]]) is None


def test_many_steps_are_timed_as_steps() -> None:
    """The seconds of a call are shared by its steps, and a call is made for so many of them."""
    calls: list[int] = []

    def step(some: list[int]) -> list[float]:
        calls.append(len(some))
        return [float(number) for number in some]

    worker = Worker(SYSTEMS["graphnet.steps"])
    worker.use(Prepared(step, [([1, 2, 3],)], lambda _: 0.0, many=3))
    assert worker.losses(5)["losses"] == [[1.0], [2.0], [3.0], [1.0], [2.0]]
    assert calls == [3, 3]
    assert {*worker.time(7)} == {"median", "best"}
    assert worker.outside(3)["inside"] == 0.0
    assert calls == [3] * 6


def test_stamps_keep_defaults_and_time_what_is_returned() -> None:
    """A function with default arguments, whose source is more than its definition."""
    called: list[list[int]] = []
    source = (
        "limit = 3\ndef run(x, add=None, *, end=None):\n y = x\n add([y, end])\n return len([y])\n"
    )
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102  # what a plan does
    names["run"].__defaults__ = (called.append,)
    names["run"].__kwdefaults__ = {"end": 7}
    twin = stamped(names["run"], source)
    assert isinstance(twin(5), float)
    assert called == [[5, 7]]


@pytest.mark.parametrize("name", WORKLOADS)
def test_inputs_come_back_from_a_file(tmp_path: Path, name: str) -> None:
    """With their bytes and their order, and drawn alike each time."""
    workload = tiny(WORKLOADS[name])
    save(draw(workload), tmp_path / "inputs.npz")
    found, expected = load(tmp_path / "inputs.npz"), draw(workload)
    arrays = zip([*found.weights, *found.feeds], [*expected.weights, *expected.feeds], strict=True)
    for mine, theirs in arrays:
        np.testing.assert_array_equal(mine, theirs)
        assert mine.dtype == np.float32
        assert mine.shape == theirs.shape


def test_every_workload_has_a_line() -> None:
    """None looks like another."""
    assert len({describe(workload) for workload in WORKLOADS.values()}) == len(WORKLOADS)


def test_disagreement_names_the_step() -> None:
    """Also where results are NaN, or of another shape."""
    wanted = [[1.0], [2.0]]
    assert disagreement([[1.00001], [2.0]], wanted) is None
    assert disagreement([[1.0], [2.1]], wanted) == "step 2 gave 2.1, the reference 2"
    assert disagreement([[np.nan], [2.0]], wanted) == "step 1 gave nan, the reference 1"
    assert disagreement([[1.0, 1.0], [2.0]], wanted) == "step 1 gave 1, 1, the reference 1"


def test_numbers_of_arrays() -> None:
    """Some elements, the mean, and the standard deviation of each."""
    assert numbers(0.5) == [0.5]
    assert numbers(np.array([[1.0, 3.0]])) == [1, 3, 2, 1]
    assert numbers([np.ones(2), np.zeros(1)]) == [1, 1, 1, 0, 0, 0, 0]
    assert numbers(np.arange(64.0))[:3] == [0, 2, 4]


# The command line


def test_all_is_measured_unless_told_otherwise() -> None:
    """On one thread, with peers from the interpreter that runs."""
    command = parse([])
    assert command.workloads == list(WORKLOADS)
    assert command.what == "peers"
    assert command.json is None
    assert command.document is None
    assert list(command.options.against) == list(PEERS)
    assert command.options.threads == 1
    assert command.options.python == sys.executable


def test_graphnet_alone_has_workloads_of_its_own() -> None:
    """Those that goals are set for; the long unrolled ones are left out."""
    assert parse(["--steps"]).workloads == ["W1", "W2", "W3", "W4", "W5", "W6", "W8", "W9"]
    assert parse(["--compiling"]).workloads == ["W1", "W2", "W3", "W4", "W5", "W6"]
    assert parse(["--compiling", "W12"]).workloads == ["W12"]
    assert parse(["--profile"]).workloads == list(WORKLOADS)
    assert parse(["--profile", "W1"]).what == "profile"


def test_options_are_read() -> None:
    """Names in any order."""
    words = "W8 W1 --against torch,numpy --threads 2 --rounds 3 --seconds 0.5 --json a.json"
    command = parse([*words.split(), "--python", sys.executable])
    options = command.options
    assert command.workloads == ["W8", "W1"]
    assert command.json == Path("a.json")
    assert options.against == ["torch", "numpy"]
    assert (options.threads, options.rounds, options.seconds) == (2, 3, 0.5)
    assert parse(["--against", ""]).options.against == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("W7", "no such workload: W7; there are W1, "),
        ("--against theano", "no such peer: theano; there are numpy, "),
        ("--threads 0", "0 is not positive"),
        ("--rounds x", "invalid positive value: 'x'"),
        ("--python no-such-program", "no-such-program is not a program"),
        ("--steps --compiling", "not allowed with argument"),
        ("--compiling --profile", "not allowed with argument"),
        ("--steps --json a.json", "--json is for what peers are compared by, not for --steps"),
        ("--document no-such-page.md", "No such file or directory"),
        ("--document LICENSE", "there is no part between <!-- begin peers --> and <!-- end peers"),
    ],
)
def test_mistakes_are_explained(
    words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the standard error, with status 2."""
    with pytest.raises(SystemExit, match="2"):
        parse(words.split())
    assert message in capsys.readouterr().err


# Processes


def test_threads_are_told_before_the_start() -> None:
    """By the variables that libraries read when they are loaded."""
    variables = environment(3)
    assert variables["OMP_NUM_THREADS"] == variables["OPENBLAS_NUM_THREADS"] == "3"
    assert variables["MKL_NUM_THREADS"] == variables["TF_NUM_INTRAOP_THREADS"] == "3"
    assert "multi_thread_eigen=false" in environment(1)["XLA_FLAGS"]
    assert "multi_thread_eigen" not in environment(2)["XLA_FLAGS"]


def test_a_missing_package_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whether or not it is installed here."""
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "tests.benchmarks.systems.torch_eager", raising=False)
    answer = Worker(SYSTEMS["torch"]).prepare("W1", str(tmp_path / "inputs.npz"))
    assert answer == {"missing": "torch"}


def test_a_dead_child_is_reported_with_what_it_said(tmp_path: Path) -> None:
    """Its status and the end of its standard error; later questions are answered alike."""
    with Child(SYSTEMS["numpy"], sys.executable, 1, tmp_path) as child:
        with pytest.raises(
            ChildError, match=r"numpy: the process ended with status 1\n(.|\n)*nonsense"
        ):
            child.ask("nonsense", 60)
        with pytest.raises(ChildError, match="nonsense"):
            child.ask("quit", 60)


def test_a_silent_child_is_given_up(tmp_path: Path) -> None:
    """When it has had time enough; leaving the block ends it."""
    with Child(SYSTEMS["numpy"], sys.executable, 1, tmp_path) as child:
        with pytest.raises(ChildError, match="no answer within 0 s"):
            child.answer(0)
        assert child.process.poll() is None
    assert child.process.poll() is not None


def test_an_interpreter_that_cannot_start(tmp_path: Path) -> None:
    """Is an error of the child, like others."""
    with pytest.raises(ChildError, match="torch: cannot start"):
        Child(SYSTEMS["torch"], str(tmp_path), 1, tmp_path)


FAST = ["W8", "--rounds", "2", "--seconds", "0", "--against"]


def test_the_suite_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each system, and all visits in the file."""
    file = tmp_path / "found.json"
    assert main([*FAST, "numpy", "--json", str(file)]) == 0
    printed = capsys.readouterr().out
    assert "W8: 2-25-25-25-2 relu, batch 1, inference" in printed
    lines = [line.split()[0] for line in printed.splitlines() if line.strip()]
    assert [line for line in lines if line in SYSTEMS] == [*OWN, "numpy"]
    found = json.loads(file.read_text("utf-8"))
    assert {*found["workloads"]["W8"]["visits"]} == {*OWN, "numpy"}
    assert all(len(visits) == 2 for visits in found["workloads"]["W8"]["visits"].values())
    assert {*found["workloads"]["W8"]["outside"]} == {*OWN}
    assert found["options"]["against"] == ["numpy"]


def test_the_reference_is_not_timed_where_it_is_no_peer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It checks the others all the same: here, one that is wrong."""

    def spoiled(found: Any, wanted: Any) -> str | None:
        return disagreement([[value + 1 for value in step] for step in found], wanted)

    monkeypatch.setattr("tests.benchmarks.runner.disagreement", spoiled)
    assert main([*FAST, ""]) == 0
    printed = capsys.readouterr().out
    assert "left out: graphnet: step 1 gave" in printed
    assert "left out: graphnet.run: step 1 gave" in printed
    assert "left out: graphnet.steps: step 1 gave" in printed
    assert "version" not in printed


def test_an_interrupt_ends_all_children(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And gives the status that shells expect."""
    children: list[Child] = []

    def interrupted(run: Run) -> None:
        children.extend(run.children.values())
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "check", interrupted)
    assert main([*FAST, "numpy"]) == 130
    assert len(children) == len([*OWN, "numpy"])
    assert all(child.process.poll() is not None for child in children)
    assert capsys.readouterr().out.endswith("stopped\n")


# Tables


def test_ratios_of_bests_and_by_round() -> None:
    """Each of its own kind, and no ratio of a system to itself."""
    visits = {
        "graphnet": [Visit(2e-6, 1e-6), Visit(6e-6, 3e-6), Visit(2e-6, 1e-6)],
        "torch": [Visit(8e-6, 5e-6), Visit(12e-6, 4e-6), Visit(4e-6, 4e-6)],
    }
    outside = {"graphnet": Outside(2e-6, 1.5e-6)}
    outcome = Outcome("W8", visits, {"torch": "1.2"}, outside, {"jax": "not there"})
    _, header, ours, theirs, reason = show(outcome).strip().splitlines()
    assert " ".join(header.split()) == (
        "system median best ratio by round run ratio by round outside version"
    )
    assert ours.split() == ["graphnet", "2.00", "1.00", "0.50", "(25%)"]
    assert theirs.split() == ["torch", "8.00", "4.00", "0.250", "0.500", "1.2"]
    assert reason == "left out: jax: not there"


QUICK = Options([], threads=1, rounds=2, seconds=0.0, python=sys.executable)


def test_a_page_tells_bests_ratios_and_goals() -> None:
    """A goal only where one was set, and dashes for what could not be measured."""
    visits = {
        "graphnet": [Visit(2e-6, 1e-6)],
        "torch": [Visit(8e-6, 5e-6), Visit(12e-6, 4e-6)],
    }
    first = Outcome("W8", visits, {"torch": "1.2"}, {}, {"jax": "not there\nmore"})
    second = Outcome("W11", {"graphnet": [Visit(2e-5, 2e-5)]})
    lines = peer_page([first, second], QUICK).splitlines()
    assert "torch 1.2" in lines[0]
    assert lines[0].endswith("1 thread, 2 rounds of 0 s.")
    assert [line for line in lines if line.startswith("|")] == [
        "|  | W8 | W11 |",
        "| --- | ---: | ---: |",
        "| `graphnet` | 1.00 | 20.0 |",
        "| `torch` | 4.00 | - |",
        "|  | W8 | W11 |",
        "| --- | ---: | ---: |",
        "| to `torch` | 0.250 | - |",
        "| goal, to `torch` | 0.22 |  |",
    ]
    assert lines[-1] == "W8, `jax` is left out: not there."


def test_a_page_tells_what_steps_gain() -> None:
    """Times with all steps, factors for the others."""
    found = {"W1": {ALL: 2e-6, "without `forms`": 3e-6, NONE: 9e-6}}
    assert step_page(found, QUICK).splitlines()[-3:] == [
        "| all steps, µs | 2.00 |",
        "| without `forms` | 1.50 |",
        "| no step | 4.50 |",
    ]


def test_a_page_tells_what_stages_take() -> None:
    """A dash where a stage did not run."""
    found = {"W1": {"prune": 1e-3, "all": 2e-3}, "W2": {"codegen": 3e-3, "all": 3e-3}}
    assert compile_page(found, QUICK).splitlines()[-3:] == [
        "| prune | 1.00 | - |",
        "| codegen | - | 3.00 |",
        "| all | 2.00 | 3.00 |",
    ]


def test_a_table_replaces_the_one_before(tmp_path: Path) -> None:
    """And nothing around it; a page without a place is refused, and stays as it is."""
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n", "utf-8")
    for _ in range(2):
        put(page, "x", markdown([["", "W1"], ["y", "1"]]))
    text = "a\n<!-- begin x -->\n|  | W1 |\n| --- | ---: |\n| y | 1 |\n<!-- end x -->\nb\n"
    assert page.read_text("utf-8") == text
    with pytest.raises(ValueError, match="there is no part between <!-- begin z -->"):
        put(page, "z", "")
    assert page.read_text("utf-8") == text


# graphnet alone


def test_each_setting_of_the_compiler_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """All steps, each one left out, and none: all of them give a time."""
    monkeypatch.setitem(WORKLOADS, "W6", tiny(WORKLOADS["W6"]))
    found = step_gains("W6", replace(QUICK, rounds=1))
    assert [*found] == [*settings()]
    assert len({*settings().values()}) == len(found)
    assert all(seconds > 0 for seconds in found.values())


def test_stages_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simplification runs twice, and is one row."""
    monkeypatch.setitem(WORKLOADS, "W1", tiny(WORKLOADS["W1"]))
    found = dict(compile_times("W1", QUICK))
    assert found.pop("all") == pytest.approx(sum(found.values()))
    assert {"simplify", "orders", "allocate", "codegen"} <= {*found}


def test_the_suite_writes_into_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind of table at its own place."""
    page = tmp_path / "page.md"
    kinds = ["peers", "steps", "compiling", "profile"]
    page.write_text("".join(f"<!-- begin {kind} --><!-- end {kind} -->\n" for kind in kinds))
    for words in (["--against", ""], ["--steps"], ["--compiling"], ["--profile", "--against", ""]):
        assert main([*FAST[:-1], *words, "--document", str(page)]) == 0
    assert "matmul(float32[1, 3], float32[3, 25])" in capsys.readouterr().out
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| ")]
    firsts = [row.split(" | ")[0] for row in rows]
    assert firsts.count("| `graphnet.run`") == firsts.count("| no step") == 1
    assert firsts.count("| codegen") == 1
    assert firsts.count("| W8") == 2


# Where the time goes

LARGE = Training((3, 200, 200, 4), 6, Adam(1e-4))
"""So large that variables are updated in place."""
PROFILED = {
    **{name: tiny(workload) for name, workload in WORKLOADS.items()},
    "updates in place": LARGE,
    "blocks": WORKLOADS["W9"],
}


@pytest.mark.parametrize("name", PROFILED)
def test_every_call_of_a_plan_is_of_one_kind(name: str) -> None:
    """Products, other calls and commits are all that a plan calls, and nothing counts twice."""
    subject = Subject(PROFILED[name], draw(PROFILED[name]))
    plan = subject.program.plan
    calls = {kind: sum(line.calls for line in subject.lines if line.kind == kind) for kind in KINDS}
    copied = sum(isinstance(step, Copy | Fill) for step in plan.steps)
    assert sum(calls.values()) == sum(line.calls for line in subject.lines)
    assert sum(calls.values()) == len(plan.calls) + copied + len(plan.writes)
    assert calls[COMMIT] == len(plan.updates) + len(plan.writes)
    assert calls[PRODUCT] == sum(isinstance(call.node.op, Matmul) for call in plan.calls)
    assert calls[AROUND] == 0
    assert [line.kind for line in subject.lines].count(AROUND) == 1
    assert len(subject.products()) == calls[PRODUCT]


def test_what_is_profiled_is_what_it_is_called() -> None:
    """One workload has updates in place, and another one blocks."""
    updated, blocks = (Subject(PROFILED[name], draw(PROFILED[name])) for name in [*PROFILED][-2:])
    assert updated.program.plan.updates
    assert [line.text for line in updated.lines if line.kind == COMMIT] == ["commit of 10 calls"]
    assert any("calls in each of" in line.text for line in blocks.lines)


def test_a_timed_step_is_a_step() -> None:
    """So is one whose products are noted; one without the plan changes nothing."""
    workload = tiny(WORKLOADS["W5"])
    inputs = draw(workload)
    subject = Subject(workload, inputs)
    assert len(subject.twin(*next(subject.batches))) == 1 + len(subject.lines)
    subject.products()
    with subject.without_plan():
        subject.step(*next(inputs.batches()))
    expected = results(prepare_numpy(workload, inputs), 4)
    assert disagreement([[subject.step(*next(subject.batches))]], expected[3:]) is None


@pytest.mark.parametrize("name", ["W1", "W6", "W8", "W9"])
def test_parts_add_up_to_the_step(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With a rest, the only part that may be below zero."""
    monkeypatch.setitem(WORKLOADS, name, tiny(WORKLOADS[name]))
    found = profile(name, QUICK)
    parts = [found.part(kind) for kind in KINDS]
    assert min(parts) >= 0
    assert sum(parts) + found.rest == pytest.approx(found.step)
    assert len(found.seconds) == len(found.lines)
    assert found.part(AROUND) >= found.entry > 0
    assert {*found.others} == ({BARE} if found.calls(PRODUCT) else set())
    assert (found.flops > 0) == (found.calls(PRODUCT) > 0)
    assert not found.left_out


def test_products_are_noted_as_blas_gets_them() -> None:
    """Bound methods, kernels, results by columns, rows of several axes, and no memory for them."""
    x, y = np.ones((6, 5), np.float32), np.ones((5, 8), np.float32)
    by_columns = np.empty((6, 8), np.float32, order="F")
    found = operands(y.T.dot, x.T, by_columns.T)
    assert [array.shape for array in found] == [(8, 5), (5, 6), (8, 6)]
    assert found[2].base is by_columns
    found = operands(Matmul().kernel, x, y, out=by_columns)
    assert [array.shape for array in found] == [(8, 5), (5, 6), (8, 6)]
    assert found[2].flags.c_contiguous
    cube = np.ones((2, 3, 5), np.float32)
    found = operands(Matmul().kernel, cube, y, out=np.empty((2, 3, 8), np.float32))
    assert [array.shape for array in found] == [(6, 5), (5, 8), (6, 8)]
    found = operands(x[0].dot, x[1])
    assert [array.shape for array in found] == [(5,), (5,), ()]


def some_products() -> list[Operands]:
    """Give products of all kinds of orders, the first two of which share an operand."""
    memory = np.zeros(400, np.float32)
    weights = memory[3:43].reshape(5, 8)
    by_columns = np.empty((6, 8), np.float32, order="F")
    return [
        (memory[100:130].reshape(6, 5), weights, np.empty((6, 8), np.float32)),
        (by_columns, weights.T, np.empty((6, 7), np.float32)[:, :5]),
        (memory[200:320].reshape(2, 3, 4, 5), np.zeros((3, 5, 2)), np.empty((2, 3, 4, 2))),
        (memory[:5], weights, memory[203:211]),
        (memory[:5], memory[5:10], np.empty((), np.float32)),
    ]


def test_products_alone_lie_as_those_of_the_plan() -> None:
    """Also in another process: in memory that is shared as theirs, results apart."""
    given = some_products()
    layout = Layout(*json.loads(json.dumps(described(given))))
    copies = made(layout)
    for mine, theirs in zip(given, copies, strict=True):
        for array, copy in zip(mine, theirs, strict=True):
            assert copy.shape == array.shape
            assert copy.dtype == array.dtype
            assert copy.strides == array.strides
            assert (copy.ctypes.data - array.ctypes.data) % 64 == 0
    assert np.shares_memory(copies[0][1], copies[1][1])
    operands = [operand for x, y, _ in copies for operand in (x, y)]
    assert not any(np.shares_memory(out, operand) for *_, out in copies for operand in operands)


def test_products_alone_are_those_products() -> None:
    """By whatever call; all results are there after one step."""
    copies = made(described(some_products()))
    straight(copies, numpy_products.call).step()
    for x, y, out in copies:
        np.testing.assert_allclose(out, np.matmul(x, y), rtol=1e-5, atol=1e-6)
    assert flops(copies[:1]) == 2 * 6 * 8 * 5


def test_products_are_made_by_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of NumPy, which is there, and of PyTorch, unless it is missing."""
    layout = json.loads(json.dumps(described(some_products())))
    worker = Worker(SYSTEMS["numpy"])
    assert worker.products(layout) == {"version": np.__version__}
    assert worker.losses(1) == {"losses": [[0.0]]}
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "tests.benchmarks.systems.torch_products", raising=False)
    assert Worker(SYSTEMS["torch"]).products(layout) == {"missing": "torch"}


def test_a_page_tells_where_the_time_goes() -> None:
    """Ratios where all was measured, dashes elsewhere, and what is amiss."""
    lines = [Line(PRODUCT, 1, "matmul"), Line(OTHER, 2, "add"), Line(COMMIT, 1, "commit")]
    more = {BARE: 2e-6, PEER_PRODUCTS: 4e-6, PEER: 8e-6}
    versions = {"numpy": "2.0", "torch": "1.2"}
    first = Profile(6e-6, 5e-7, 3, lines, [3e-6, 1e-6, 1.25e-6], 12_000, more, {}, versions)
    second = Profile(4e-6, 5e-7, 2, lines[1:2], [2e-6], 0, {}, {PEER: "ended\nearly"})
    found = {"W8": first, "W11": second}
    page = profile_page(found, QUICK).splitlines()
    assert ", torch 1.2; 1 thread" in page[0]
    assert [line for line in page if line.startswith("| W")] == [
        "| W8 | 6.00 | 3.00 (1) | 1.00 (2) | 1.25 (1) | 0.50 (3) | 0.25 |",
        "| W11 | 4.00 | 0.00 (0) | 2.00 (2) | 0.00 (0) | 0.50 (2) | 1.50 |",
        "| W8 | 3.00 | 4.0 | 2.00 | 4.00 | 8.00 | 0.750 | 0.250 | 0.22 |",
        "| W11 | - | - | - | - | - | - | - |  |",
    ]
    assert page[-3::2] == [
        "W11: the rest is 38% of the step.",
        "W11, step of PyTorch: left out, ended.",
    ]
    printed = [line.split() for line in largest_lines(found).splitlines()]
    assert printed[:3] == [["W8"], ["3.00", "50.0%", "matmul"], ["1.25", "20.8%", "commit"]]


# Calls


@pytest.mark.parametrize("kind", [kind for kind in FORMS if kind != "errors ignored"])
def test_all_ways_to_write_a_call_give_the_same(kind: str) -> None:
    """In the array that they write into, or as a value."""
    found = []
    for text in FORMS[kind]:
        names = arrays()
        *first, last = ast.parse(text).body
        result: ast.expr = ast.Name("two_out" if "two_out" in text else "z", ast.Load())
        if isinstance(last, ast.Expr) and "copyto" not in text and "two_out_1" not in text:
            result = last.value
        else:
            first.append(last)
        exec(compile(ast.Module(first, []), kind, "exec"), names)  # noqa: S102  # text of ours
        expression = ast.fix_missing_locations(ast.Expression(result))
        found.append(eval(compile(expression, kind, "eval"), names))  # noqa: S307
    if "x_T_dot" in text:
        found[-1] = found[-1].T
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-5, atol=1e-6)


def test_calls_are_measured_into_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each kind."""
    page = tmp_path / "page.md"
    page.write_text("<!-- begin calls -->\n<!-- end calls -->\n", "utf-8")
    measure_calls(["--rounds", "1", "--document", str(page)])
    capsys.readouterr()
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]] == [*FORMS]
