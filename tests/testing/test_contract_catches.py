"""The contract suite catches what it is there to catch: each law, an op that breaks it."""

from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DefinitionError
from graphnet.ir import Effect, Memory, Node, Op, Sample, Spec, Tensor, f32
from graphnet.kernels.rng import Key, uniform
from graphnet.testing.laws import LAWS
from graphnet.typing import Array

NUMBERS: Iterator[int] = count()


class Double(Op):
    """2 · x, as an op that keeps the contract; the broken ones below differ in one member."""

    memory = Memory.INTO
    inplace = (0,)
    samples: ClassVar[tuple[Sample, ...]] = (Sample(f32(2, 3)), Sample(f32()), Sample(f32(0, 3)))

    def infer(self, x: Spec) -> Spec:
        """Keep shape and dtype."""
        return x

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        """Add x to itself."""
        return np.add(x, x, out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor | None, ...]:
        """Double what comes back."""
        return (dy * 2,)


class Pair(Op):
    """x + 2 · y, with two operands."""

    memory = Memory.INTO
    inplace = (0, 1)
    samples = (Sample(f32(2, 3), f32(2, 3)), Sample(f32(2, 3), f32(2, 3)))

    def infer(self, x: Spec, y: Spec) -> Spec:
        """Keep the common shape."""
        return x

    def kernel(self, x: Array, y: Array, out: Array | None = None) -> Any:
        """Double y aside, since both operands may be overwritten."""
        return np.add(x, 2 * y, out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor | None, ...]:
        """Double what comes back for y."""
        return dy, dy * 2


class Draws(Op):
    """Numbers that depend on the key."""

    memory = Memory.INTO
    effect = Effect.RANDOM
    samples = (Sample(f32(2, 3)),)

    def infer(self, like: Spec) -> Spec:
        """Keep shape and dtype."""
        return like

    def kernel(self, like: Array, key: Key, out: Array | None = None) -> Array:
        """Draw in the shape of the operand."""
        return uniform(key, like.shape, like.dtype, out=out)


def op_like(base: type[Op], **members: Any) -> type[Op]:
    """Define an op that differs from another in some members."""
    return type("Broken", (base,), {"name": "broken", **members})


def broken_laws(op: type[Op], **options: Any) -> set[str]:
    """Give the names of the laws that an op breaks."""
    try:
        gn.testing.check_op(op, **options)
    except AssertionError as error:
        lines = str(error).splitlines()
        return {line.strip().partition(":")[0] for line in lines if ": not with " in line}
    return set()


@pytest.mark.parametrize("base", [Double, Pair, Draws])
def test_an_op_that_keeps_the_contract_passes(base: type[Op]) -> None:
    """The ops that the broken ones are made of break nothing."""
    gn.testing.check_op(op_like(base))


# Kernels that break one law each


def not_empty(_: Op, x: Array, out: Array | None = None) -> Any:
    """Need at least one element."""
    return np.add(x, x + 0 * x.max(), out=out)


def imprecise(_: Op, x: Array, out: Array | None = None) -> Any:
    """Work in float16."""
    return np.add(x.astype(np.float16), x, out=out, dtype=x.dtype)


def single(_: Op, x: Array, out: Array | None = None) -> Any:
    """Give float32 always."""
    return np.add(x, x, out=out, dtype=np.float32, casting="same_kind")


def counting(_: Op, x: Array, out: Array | None = None) -> Any:
    """Depend on how often the kernel was called."""
    return np.add(x, x + next(NUMBERS), out=out)


def deaf(_: Op, x: Array, out: Array | None = None) -> Any:
    """Do not write to out."""
    del out
    return x + x


def copying(_: Op, x: Array, out: Array | None = None) -> Any:
    """Write to out, and give something else."""
    return np.add(x, x, out=out).copy()


def adding(_: Op, x: Array, out: Array | None = None) -> Any:
    """Rely on what out holds."""
    result = np.zeros_like(x) if out is None else out
    result += x + x
    return result


def sparing(_: Op, x: Array, out: Array | None = None) -> Any:
    """Leave one element of out as it is."""
    result = np.empty_like(x) if out is None else out
    flat = (x + x).reshape(-1)
    result.reshape(-1)[: None if out is None else -1] = flat[: None if out is None else -1]
    return result


def hasty(_: Op, x: Array, out: Array | None = None) -> Any:
    """Write to out before the operand was read for the last time."""
    result = np.empty_like(x) if out is None else out
    result[...] = 1
    return np.multiply(result, x + x, out=result)


def confusing(_: Op, x: Array, y: Array, out: Array | None = None) -> Any:
    """Rely on the operands being two arrays."""
    if out is y:
        y *= 2
        return np.add(x, y, out=out)
    return np.add(x, 2 * y, out=out)


def lending(_: Op, x: Array, out: Array | None = None) -> Any:
    """Give the operand itself."""
    return x if out is None else np.add(x, 0, out=out)


def lending_second(_: Op, x: Array, y: Array) -> Any:
    """Give the second operand."""
    del x
    return y


def writing(_: Op, x: Array, out: Array | None = None) -> Any:
    """Double the operand in its place."""
    x += x
    return np.add(x, 0, out=out)


def rowwise(_: Op, x: Array, out: Array | None = None) -> Any:
    """Take the elements in the order in which they lie in memory."""
    return np.add(np.ravel(x, "K").reshape(x.shape), x, out=out)


def unkeyed(_: Op, like: Array, key: Key, out: Array | None = None) -> Array:
    """Draw the same numbers always."""
    del key
    return uniform(Key(1, 1), like.shape, like.dtype, out=out)


def unstepped(_: Op, like: Array, key: Key, out: Array | None = None) -> Array:
    """Draw the same numbers in every step."""
    return uniform(key._replace(step=1), like.shape, like.dtype, out=out)


def flat(_: Op, node: Node, dy: Tensor) -> tuple[Tensor]:
    """Let no second derivative through."""
    (x,) = node.inputs
    return (gn.stop_gradient(dy) * 2 + 0 * x,)


def extent_needing(_: Op, node: Node, dy: Tensor) -> tuple[Tensor]:
    """Use the extents of the operand."""
    (x,) = node.inputs
    return (dy * np.full([2 if extent is None else 1 for extent in x.shape], 2.0),)


class TenTimes(Op):
    """As many rows as ten times x has."""

    samples = (Sample(f32(2, 3)),)

    def kernel(self, x: Array) -> Any:
        """Repeat the rows."""
        return np.repeat(x, 10, axis=0)


def name_keeping(_: Op, x: Spec) -> Spec:
    """Give the rows of the result the name of other rows."""
    rows = x.shape[0]
    return x.with_shape((rows * 10 if isinstance(rows, int) else rows, x.shape[1]))


def number_needing(_: Op, x: Spec) -> Spec:
    """Calculate with extents, whatever they are."""
    rows: Any = x.shape[0]
    return x.with_shape((rows * 10, x.shape[1]))


def numpy_numbers(_: Op, x: Spec) -> Spec:
    """Give extents that are NumPy's numbers."""
    extents: Any = np.array(x.shape)
    return x.with_shape(extents)


MUTANTS: list[tuple[str, type[Op], dict[str, Any]]] = [
    ("infer agrees with kernel", Double, {"infer": lambda _, x: x.with_dtype(np.dtype("int64"))}),
    ("infer agrees with kernel", Double, {"infer": lambda _, x: x.with_shape((*x.shape, 1))}),
    ("infer agrees with kernel", Double, {"infer": lambda _, x: (x, x)}),
    ("infer agrees with kernel", Double, {"infer": numpy_numbers}),
    ("infer knows of unknown extents", TenTimes, {"infer": name_keeping}),
    ("infer knows of unknown extents", TenTimes, {"infer": number_needing}),
    ("empty arrays are accepted", Double, {"kernel": not_empty, "samples": (Sample(f32(2, 3)),)}),
    ("float64 agrees with float32", Double, {"kernel": single}),
    ("float64 agrees with float32", Double, {"infer": lambda _, x: x.with_dtype(np.dtype("f4"))}),
    ("kernel equals expansion", Double, {"expand": lambda _, x: x * 3}),
    ("results are repeatable", Double, {"kernel": counting}),
    ("draws depend on the key", Draws, {"kernel": unkeyed}),
    ("draws depend on the key", Draws, {"kernel": unstepped}),
    ("gradient is right", Double, {"vjp": lambda _op, _node, dy: (dy * 3,)}),
    ("gradient is right", Double, {"vjp": lambda *_: (None,)}),
    ("gradient is right", Double, {"vjp": lambda _op, _node, dy: (dy, dy)}),
    ("gradient is right", Double, {"vjp": flat}),
    ("gradient is right", Pair, {"vjp": lambda _op, _node, dy: (dy * 2, dy)}),
    ("gradient needs no extents", Double, {"vjp": extent_needing}),
    ("out is written", Double, {"kernel": deaf}),
    ("out is written", Double, {"kernel": copying}),
    ("out is written", Double, {"kernel": adding}),
    ("out is written", Double, {"kernel": sparing}),
    ("inputs may be overwritten", Double, {"kernel": hasty}),
    ("equal inputs may be overwritten", Pair, {"kernel": confusing}),
    ("only views share memory", Double, {"kernel": lending}),
    ("only views share memory", Double, {"kernel": lending, "memory": Memory.FRESH}),
    ("only views share memory", Pair, {"kernel": lending_second, "memory": Memory.VIEW}),
    ("inputs are left alone", Double, {"kernel": writing}),
    ("layout does not matter", Double, {"kernel": rowwise}),
    ("ops compare by value", Double, {"__eq__": object.__eq__, "__hash__": object.__hash__}),
    ("ops compare by value", Double, {"__hash__": object.__hash__}),
    ("ufunc is the kernel", Double, {"ufunc": np.negative}),
    ("operands may be exchanged", Pair, {"commutative": True}),
    ("identity changes nothing", Pair, {"identity": 1.0}),
    ("absorber decides", Pair, {"absorber": 0.0}),
]


@pytest.mark.parametrize(
    ("law", "base", "members"),
    [
        pytest.param(*mutant, id=f"{number}-{mutant[0].replace(' ', '_')}")
        for number, mutant in enumerate(MUTANTS)
    ],
)
def test_a_broken_op_is_caught(law: str, base: type[Op], members: dict[str, Any]) -> None:
    """The law that a member breaks is among those reported."""
    assert law in broken_laws(op_like(base, **members))


def test_a_wrong_reference_is_caught() -> None:
    """The reference given to check_op is a law like any other."""
    op = op_like(Double)
    assert broken_laws(op, reference=lambda x: x + x) == set()
    assert broken_laws(op, reference=lambda x: x * 3) == {"kernel equals reference"}


def test_an_imprecise_kernel_is_caught() -> None:
    """A kernel that works in less than float32 differs from its reference."""
    found = broken_laws(op_like(Double, kernel=imprecise), reference=lambda x: x + x)
    assert "kernel equals reference" in found


def scaled(**members: Any) -> type[Op]:
    """Define an op with a static argument."""

    class Scale(Double):
        name = "scale"
        factor: Any = 1.0
        samples = (Sample(f32(2, 3), factor=2.0), Sample(f32(2, 3), factor=3.0))

        def kernel(self, x: Array, out: Array | None = None) -> Any:
            return np.multiply(x, float(self.factor), out=out)

        def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
            return (dy * float(self.factor),)

    return op_like(Scale, **members)


def test_ops_that_ignore_a_static_argument_in_equality_are_caught() -> None:
    """Merging two such ops would change results."""
    assert broken_laws(scaled()) == set()
    alike = {"__eq__": lambda *_: True, "__hash__": lambda _: 0}
    assert broken_laws(scaled(**alike)) == {"ops compare by value"}


class Strange(float):
    """A number that the text form does not know."""

    def __repr__(self) -> str:
        return "3.0"


def test_static_arguments_that_text_cannot_hold_are_caught() -> None:
    """What is written must be readable, and mean the same."""
    other = (Sample(f32(2, 3), factor=np.float32(2.0)),)
    assert broken_laws(scaled(samples=other)) == {"text is read back"}
    wrong = (Sample(f32(2, 3), factor=Strange(2.0)),)
    assert broken_laws(scaled(samples=wrong)) == {"text is read back"}


def test_every_law_has_a_mutant() -> None:
    """No law is there that is not known to catch something."""
    caught = {law for law, _, _ in MUTANTS} | {"text is read back"}
    assert {law.name.replace("_", " ") for law in LAWS} == caught


def test_one_error_lists_all_broken_laws() -> None:
    """The message gives the law, the sample and the reason, for each."""
    op = op_like(
        Double,
        samples=(Sample(f32(2)),),
        infer=lambda _, x: x.with_shape((3,)),
        kernel=deaf,
        vjp=None,
    )
    with pytest.raises(AssertionError) as caught:
        gn.testing.check_op(op)
    assert str(caught.value).startswith(
        "op broken breaks its contract\n"
        "  infer agrees with kernel: not with float32[2]\n"
        "    infer(float32[2]) gives float32[3], but the kernel float32[2]\n"
        "  infer knows of unknown extents: not with float32[2]\n"
        "    infer(float32[None]) gives float32[3], but the kernel float32[2]\n"
    )
    assert str(caught.value).endswith(
        "  out is written: not with float32[2]\n"
        "    the kernel does not give back the `out` that it got"
    )


def test_an_exception_in_a_kernel_is_reported() -> None:
    """Whatever is raised is part of the message."""

    def failing(*_: Any, **_more: Any) -> Any:
        raise ZeroDivisionError("by nothing")

    with pytest.raises(AssertionError, match="ZeroDivisionError: by nothing"):
        gn.testing.check_op(op_like(Double, kernel=failing))


def test_an_op_without_samples_cannot_be_checked() -> None:
    """The message says how to give samples."""
    with pytest.raises(DefinitionError) as caught:
        gn.testing.check_op(op_like(Double, samples=()))
    assert str(caught.value) == (
        "op broken has no samples\n"
        "hint: give the class `samples = (Sample(f32(2, 3)), ...)`, or give them to check_op"
    )


def test_samples_and_laws_can_be_chosen() -> None:
    """An op can be checked with other samples, and without laws that are not meant for it."""
    detached = op_like(Double, vjp=lambda *_: (None,))
    gentle = [law for law in LAWS if not law.name.startswith("gradient")]
    gn.testing.check_op(detached, [Sample(f32(4, 1))], laws=gentle)
    with pytest.raises(AssertionError, match=r"not with float32\[4,1\]"):
        gn.testing.check_op(detached, [Sample(f32(4, 1))])
