"""``to_page``: its text, and what it does in a browser."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from graphnet.viz.page import Level, to_page
from graphnet.viz.writing.looks import DARK, LIGHT
from tests.viz.browser import PROGRAM, Browser, Tab, browser
from tests.viz.pages import DENSE, LEVELS, OUT, levels_of, many

HOSTILE = "</script><script>window.alarm = 1</script><b a='\"'>&amp;"
VOID = {"meta", "link", "input"}
needs_browser = pytest.mark.skipif(
    PROGRAM is None, reason="neither chromium, chromium-browser nor google-chrome is on the PATH"
)


class Outline(HTMLParser):
    """The elements of a page; raises where one is closed that is not open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that is closed at once."""
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the last element."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note the first text of every kind of element."""
        self.texts.setdefault(self.open[-1] if self.open else "", data)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Give one browser for all tests; each has a tab of its own."""
    with browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a page that shows a network at three depths."""
    return write(tmp_path, LEVELS)


@pytest.fixture
def tab(chromium: Browser, file: Path) -> Iterator[Tab]:
    """Give a tab that shows this page; it must have nothing to complain about."""
    with chromium.tab() as found:
        found.open(file)
        yield found
        assert found.troubles() == []
        assert found.requests() == [file.as_uri()]


def write(folder: Path, levels: list[Level], title: str = "a network") -> Path:
    """Write a page to a file."""
    path = folder / "page.html"
    path.write_text(to_page(title, levels), "utf-8")
    return path


def named(name: str) -> str:
    """Give a selector of a node of the picture that is shown."""
    return f"#stage g.node[data-key={json.dumps(name)}]"


def label(name: str) -> str:
    """Give a selector of the label of a frame."""
    return f"#stage g.cluster[data-key={json.dumps(name)}] text"


def names(tab: Tab, selector: str = "g.node") -> list[str]:
    """Give the names of nodes that are shown."""
    script = f"[...document.querySelectorAll('#stage {selector}')].map(each => each.dataset.key)"
    return list(tab.run(script))


def rect(tab: Tab, selector: str) -> list[float]:
    """Give left, top, right and bottom of an element in the window."""
    found = tab.run(f"""(() => {{
      const rect = document.querySelector({json.dumps(selector)}).getBoundingClientRect();
      return [rect.left, rect.top, rect.right, rect.bottom];
    }})()""")
    return list(found)


def place(tab: Tab) -> list[float]:
    """Give where the picture is: left, top, and how much it is enlarged."""
    left, top, right, _ = rect(tab, "#stage > svg")
    width = tab.run("document.querySelector('#stage > svg').viewBox.baseVal.width")
    return [left, top, (right - left) / width]


def address(tab: Tab) -> str:
    """Give what the address has after its #."""
    return str(tab.run("decodeURIComponent(location.hash.slice(1))"))


def text(tab: Tab, selector: str) -> str:
    """Give the text of an element as it is seen."""
    return str(tab.run(f"document.querySelector({json.dumps(selector)}).innerText"))


def is_seen(tab: Tab, selector: str) -> bool:
    """Whether the center of an element lies on the stage, and beside the panel."""
    x, y = tab.center(selector)
    script = f"document.elementFromPoint({x}, {y})?.closest('#stage') != null"
    return bool(tab.run(script))


def test_a_page_is_well_formed() -> None:
    """Every element is closed where it was opened, and no id stands twice in what is shown."""
    page = to_page("a network", LEVELS)
    assert Outline(page).open == []
    shown = Outline(re.sub("(?s)<template.*?</template>", "", page)).found
    ids = [attributes["id"] for _, attributes in shown if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_first_level_is_shown_and_the_others_wait_in_templates() -> None:
    """So that ids of different pictures never meet, and nothing is needed to see the first."""
    page = to_page("a network", LEVELS)
    shown, *waiting = re.split("<template", page)
    pictures = [level.svg.strip() for level in LEVELS]
    assert pictures[0] in shown
    assert [svg in text for svg, text in zip(pictures[1:], waiting, strict=True)] == [True, True]
    labels = [fields["data-label"] for _, fields in Outline(page).found if "data-label" in fields]
    assert labels == ["depth 1", "depth 2", "all"]


def test_a_page_without_a_level_is_refused() -> None:
    """There would be nothing to show."""
    with pytest.raises(ValueError, match="not enough values"):
        to_page("nothing", [])


def test_the_same_levels_give_the_same_page() -> None:
    """To the byte."""
    assert to_page("a network", LEVELS) == to_page("a network", list(LEVELS))


def test_titles_and_labels_are_text() -> None:
    """Whatever is in them."""
    page = to_page(HOSTILE, [Level(HOSTILE, LEVELS[0].svg), Level(HOSTILE, LEVELS[1].svg)])
    outline = Outline(page)
    assert [tag for tag, _ in outline.found].count("script") == 1
    assert outline.texts["title"] == outline.texts["h1"] == HOSTILE
    labels = [fields["data-label"] for _, fields in outline.found if "data-label" in fields]
    assert labels == [HOSTILE, HOSTILE]


def test_titles_and_labels_can_be_written() -> None:
    """Half of a pair of surrogates cannot, so that it is spelled."""
    page = to_page("one \ud800", [Level("two \udfff", each.svg) for each in LEVELS])
    assert page.encode().count(rb"one \ud800") == 2
    assert page.encode().count(rb'data-label="two \udfff"') == len(LEVELS)


def test_the_policy_allows_the_script_of_the_page_and_no_other() -> None:
    """By its hash, so that it needs no server to say so; nothing can be loaded."""
    outline = Outline(to_page("a network", LEVELS))
    digest = base64.b64encode(hashlib.sha256(outline.texts["script"].encode()).digest()).decode()
    (policy,) = (fields["content"] for _, fields in outline.found if "http-equiv" in fields)
    assert policy is not None
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert policy.endswith("base-uri 'none'; form-action 'none'")


def test_a_page_names_no_address_of_the_network() -> None:
    """But the namespace of SVG, which is a name and nowhere loaded from."""
    page = to_page("a network", LEVELS)
    assert set(re.findall(r"\w+://[^\s\"']*", page)) == {"http://www.w3.org/2000/svg"}


@needs_browser
def test_the_picture_fits_the_window_at_the_start(tab: Tab) -> None:
    """Whole, in the middle, and again when the window changes."""
    for width, height in ((1000, 700), (700, 500)):
        tab.resize(width, height)
        tab.settle()
        left, top, right, bottom = rect(tab, "#stage > svg")
        assert (left + right) / 2 == pytest.approx(width / 2, abs=0.5)
        assert rect(tab, "#stage") == pytest.approx([0, top - 24, width, bottom + 24], abs=0.5)
        assert height == rect(tab, "#stage")[3]


@needs_browser
def test_the_wheel_zooms_around_the_pointer(tab: Tab) -> None:
    """What is below the pointer stays there."""
    x, y, scale = place(tab)
    tab.mouse("mouseWheel", 450, 300, deltaX=0, deltaY=-120)
    tab.settle()
    new_x, new_y, new_scale = place(tab)
    assert new_scale > 1.1 * scale
    assert (450 - new_x) / new_scale == pytest.approx((450 - x) / scale, abs=0.1)
    assert (300 - new_y) / new_scale == pytest.approx((300 - y) / scale, abs=0.1)
    tab.mouse("mouseWheel", 450, 300, deltaX=0, deltaY=120)
    tab.settle()
    assert place(tab) == pytest.approx([x, y, scale], abs=0.1)


@needs_browser
@pytest.mark.parametrize("on", ["#stage .paper", named("x")], ids=["ground", "node"])
def test_dragging_moves_the_picture_and_selects_nothing(tab: Tab, on: str) -> None:
    """Also if it begins on a node; what is selected stays so."""
    left, top, _, _ = rect(tab, on)
    x, y, scale = place(tab)
    tab.drag((left + 9, top + 9), (left + 69, top + 39))
    assert place(tab) == pytest.approx([x + 60, y + 30, scale], abs=0.1)
    assert address(tab) == ""
    tab.click(named("x"))
    tab.drag((200, 600), (230, 570))
    assert address(tab) == "node=x"


@needs_browser
def test_a_press_that_ends_elsewhere_is_no_drag(tab: Tab) -> None:
    """The picture does not stick to the pointer."""
    start = place(tab)
    tab.mouse("mousePressed", 200, 80, button="left", clickCount=1)
    tab.mouse("mouseReleased", 200, 10, button="left", clickCount=1)
    tab.mouse("mouseMoved", 200, 300)
    tab.mouse("mouseMoved", 300, 400)
    assert place(tab) == pytest.approx(start)


@needs_browser
def test_a_picture_cannot_be_lost(tab: Tab) -> None:
    """Some of it stays on the stage, however far it is dragged."""
    for _ in range(5):
        tab.drag((100, 100), (900, 600))
    x, y, _ = place(tab)
    assert x < 1000
    assert y < 700


@needs_browser
def test_two_fingers_zoom(tab: Tab) -> None:
    """Around the point between them."""
    x, y, scale = place(tab)
    tab.touch("touchStart", (400, 300), (500, 300))
    for spread in (60, 80, 100):
        tab.touch("touchMove", (450 - spread, 300), (450 + spread, 300))
    tab.touch("touchEnd")
    new_x, new_y, new_scale = place(tab)
    assert new_scale == pytest.approx(2 * scale, rel=0.02)
    assert (450 - new_x) / new_scale == pytest.approx((450 - x) / scale, abs=1)
    assert (300 - new_y) / new_scale == pytest.approx((300 - y) / scale, abs=1)


@needs_browser
def test_keys_zoom_move_and_fit(tab: Tab) -> None:
    """Plus, minus, arrows and zero."""
    x, y, scale = place(tab)
    tab.press("+")
    assert place(tab)[2] == pytest.approx(1.3 * scale)
    tab.press("-")
    assert place(tab) == pytest.approx([x, y, scale], abs=0.1)
    tab.press("ArrowLeft", "ArrowUp", "ArrowUp")
    assert place(tab) == pytest.approx([x + 80, y + 160, scale], abs=0.1)
    tab.press("0")
    assert place(tab) == pytest.approx([x, y, scale], abs=0.1)


@needs_browser
def test_buttons_do_what_keys_do(tab: Tab) -> None:
    """Larger, smaller and fit."""
    start = place(tab)
    tab.click("#larger")
    assert place(tab)[2] == pytest.approx(1.3 * start[2])
    tab.click("#smaller")
    tab.click("#smaller")
    assert place(tab)[2] == pytest.approx(start[2] / 1.3)
    tab.click("#fit")
    assert place(tab) == pytest.approx(start, abs=0.1)


@needs_browser
def test_levels_are_switched_by_click_and_by_arrows(tab: Tab) -> None:
    """As choices of which one holds."""
    assert names(tab) == ["x", "net/", "loss"]
    tab.click("#levels label:nth-of-type(3)")
    assert names(tab) == ["x", *DENSE, *OUT, "loss"]
    assert address(tab) == "level=3"
    tab.press("ArrowLeft")
    assert names(tab) == ["x", "net/dense/", "net/out/", "loss"]
    assert address(tab) == "level=2"
    assert text(tab, "#status") == "depth 2: 4 shown"


@needs_browser
def test_a_folded_node_opens_by_click_level_by_level(tab: Tab) -> None:
    """What was in it is seen then, and has the focus."""
    tab.click(named("net/"))
    assert address(tab) == "level=2"
    assert is_seen(tab, named("net/dense/"))
    assert is_seen(tab, named("net/out/"))
    tab.click(named("net/out/"))
    assert address(tab) == "level=3"
    assert all(is_seen(tab, named(name)) for name in OUT)
    assert tab.run("document.activeElement.dataset.key") == OUT[0]


@needs_browser
def test_a_frame_folds_by_a_click_on_its_label(tab: Tab) -> None:
    """To the level in which it is one node."""
    tab.click("#levels label:nth-of-type(3)")
    tab.click(label("net/dense"))
    assert address(tab) == "level=2"
    assert is_seen(tab, named("net/dense/"))
    tab.click(label("net"))
    assert address(tab) == ""
    assert is_seen(tab, named("net/"))


@needs_browser
def test_nodes_open_and_fold_by_keys(tab: Tab) -> None:
    """Enter opens, f folds what is around, n and p go from node to node."""
    tab.press("n", "Enter")
    assert address(tab) == "level=2"
    tab.press("n", "Enter")
    assert address(tab) == "level=3"
    assert tab.run("document.activeElement.dataset.key") == OUT[0]
    tab.press("p")
    assert tab.run("document.activeElement.dataset.key") == DENSE[2]
    tab.press("f")
    assert address(tab) == "level=2"
    assert tab.run("document.activeElement.dataset.key") == "net/dense/"
    tab.press("Space")
    assert address(tab) == "level=2&node=net/dense/"


@needs_browser
def test_a_selected_node_tells_what_is_known_of_it(tab: Tab) -> None:
    """In the panel; its edges are marked, and what is not beside it is dimmed."""
    tab.click(named("x"))
    assert address(tab) == "node=x"
    assert text(tab, "#about h2") == "x"
    assert text(tab, "#about dl").split() == ["op", "x", "source", "net.py:0"]
    assert names(tab, ".near") == ["x", "net/"]
    edges = "[...document.querySelectorAll('g.edge.outgoing')].map(edge => edge.dataset.head)"
    assert tab.run(edges) == ["net/"]
    found = f"getComputedStyle(document.querySelector('{named('loss')} text')).opacity"
    tab.wait(f"{found} < 1")
    tab.press("Escape")
    assert address(tab) == ""
    assert names(tab, ".near") == []
    assert tab.run("document.querySelector('#panel').hidden")


@needs_browser
def test_the_panel_leads_along_edges_and_opens(tab: Tab) -> None:
    """From a node to its consumers, and into a folded one."""
    tab.click(named("x"))
    tab.click("#about ul.outgoing button")
    assert address(tab) == "node=net/"
    assert text(tab, "#about summary") == "5 nodes"
    tab.click("#about .action")
    assert address(tab) == "level=2"
    tab.click(named("net/out/"), shift=True)
    assert address(tab) == "level=2&node=net/out/"
    tab.click("#about .action:nth-of-type(2)")
    assert address(tab) == ""
    assert names(tab) == ["x", "net/", "loss"]


@needs_browser
def test_the_panel_closes_by_its_button_and_by_a_click_beside_nodes(tab: Tab) -> None:
    """The focus goes back to the node."""
    tab.click(named("loss"))
    tab.click("#close")
    assert tab.run("document.querySelector('#panel').hidden")
    assert tab.run("document.activeElement.dataset.key") == "loss"
    tab.click(named("loss"))
    tab.mouse("mousePressed", 200, 500, button="left", clickCount=1)
    tab.mouse("mouseReleased", 200, 500, button="left", clickCount=1)
    assert address(tab) == ""


@needs_browser
def test_a_search_finds_what_is_inside_folded_nodes(tab: Tab) -> None:
    """And says how much it found."""
    tab.press("/")
    tab.write("dense")
    assert names(tab, ".hit") == ["net/"]
    assert text(tab, "#hits") == "1 found (3 nodes)"
    tab.click("#levels label:nth-of-type(3)")
    assert names(tab, ".hit") == list(DENSE)
    assert text(tab, "#hits") == "3 found"
    assert address(tab) == "level=3&find=dense"


@needs_browser
def test_enter_goes_from_hit_to_hit(tab: Tab) -> None:
    """Around, and backwards with Shift; each is brought into sight."""
    tab.click("#levels label:nth-of-type(3)")
    tab.press("/")
    tab.write("add")
    for hit, report in ((DENSE[1], "1 of 2"), (OUT[1], "2 of 2"), (DENSE[1], "1 of 2")):
        tab.press("Enter")
        assert names(tab, ".current") == [hit]
        assert text(tab, "#hits") == report
        assert is_seen(tab, named(hit))
    tab.press("Enter", shift=True)
    assert names(tab, ".current") == [OUT[1]]
    assert tab.run("document.activeElement.id") == "find"


@needs_browser
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("LOSS", ["loss"]),
        ("net.py:0", ["x"]),
        ("nothing like it", []),
        ("add out", ["net/"]),
        ("net/dense/tanh", ["net/"]),
    ],
)
def test_a_search_takes_words_in_any_case(tab: Tab, query: str, found: list[str]) -> None:
    """Each of them must be in the name, the op, the shape, the source line, or the label."""
    tab.click("#find")
    tab.write(query)
    assert names(tab, ".hit") == found
    assert text(tab, "#hits").split(" (")[0] == ("1 found" if found else "nothing found")


@needs_browser
def test_a_search_finds_shapes_and_dtypes(chromium: Browser, tmp_path: Path) -> None:
    """As programs find them in the picture."""
    levels = levels_of("x", "tanh", shape="[batch, 7]", dtype="float32")
    with chromium.tab() as tab:
        tab.open(write(tmp_path, levels))
        tab.click("#find")
        tab.write("float64")
        assert text(tab, "#hits") == "nothing found"
        tab.press("Escape")
        tab.write("FLOAT32 tanh")
        assert names(tab, ".hit") == ["tanh"]
        tab.press("Escape")
        tab.write("[batch, 7]")
        assert names(tab, ".hit") == ["x", "tanh"]


@needs_browser
def test_buttons_go_from_hit_to_hit(tab: Tab) -> None:
    """They are dead while there is none."""
    dead = "document.querySelectorAll('#search button:disabled').length"
    assert tab.run(dead) == 2
    tab.click("#levels label:nth-of-type(3)")
    tab.click("#find")
    tab.write("add")
    assert tab.run(dead) == 0
    tab.click("#previous")
    assert names(tab, ".current") == [OUT[1]]
    tab.click("#next")
    assert names(tab, ".current") == [DENSE[1]]


@needs_browser
def test_escape_ends_a_search(tab: Tab) -> None:
    """First it empties the field, then it leaves it."""
    tab.press("/")
    tab.write("dense")
    tab.press("Escape")
    assert names(tab, ".hit") == []
    assert text(tab, "#hits") == address(tab) == ""
    assert tab.run("document.querySelectorAll('.halo').length") == 0
    tab.press("Escape")
    assert tab.run("document.activeElement === document.body")


@needs_browser
def test_keys_are_letters_in_the_search(tab: Tab) -> None:
    """And nothing else."""
    start = place(tab)
    tab.press("/", "n", "+", "0", "f")
    assert tab.run("document.querySelector('#find').value") == "n+0f"
    assert place(tab) == pytest.approx(start)


@needs_browser
def test_an_address_leads_to_what_it_names(chromium: Browser, file: Path) -> None:
    """Level, search and node; and back again."""
    with chromium.tab() as tab:
        tab.open(f"{file.as_uri()}#level=3&find=dense&node=net/out/add")
        assert names(tab, ".hit") == list(DENSE)
        assert names(tab, ".selected") == ["net/out/add"]
        assert text(tab, "#about h2") == "net/out/add"
        assert is_seen(tab, named("net/out/add"))
        tab.run("location.hash = '#level=2&node=net/out/add'")
        tab.wait("document.querySelector('#stage .selected')?.dataset.key === 'net/out/'")
        tab.run("history.back()")
        tab.wait("document.querySelector('#stage .selected')?.dataset.key === 'net/out/add'")
        assert tab.troubles() == []


@needs_browser
@pytest.mark.parametrize("odd", ["level=99&node=gone", "level=-1", "level=x&find=%", "&&="])
def test_an_odd_address_does_no_harm(chromium: Browser, file: Path, odd: str) -> None:
    """It leads to the nearest that there is."""
    with chromium.tab() as tab:
        tab.open(f"{file.as_uri()}#{odd}")
        assert names(tab)[0] == "x"
        assert tab.troubles() == []


@needs_browser
def test_the_back_button_folds_what_was_opened(tab: Tab) -> None:
    """A level is a step of the browser's history."""
    tab.click(named("net/"))
    assert names(tab)[1] == "net/dense/"
    tab.run("history.back()")
    tab.wait("location.hash === '' && document.querySelectorAll('#stage g.node').length === 3")


@needs_browser
@pytest.mark.parametrize("system", ["light", "dark"])
def test_light_and_dark_follow_the_system_until_told_otherwise(
    chromium: Browser, file: Path, system: str
) -> None:
    """The page and the picture, also one that is shown later; both lie on the same ground."""
    grounds = {"light": color(LIGHT.paper), "dark": color(DARK.paper)}
    other = "dark" if system == "light" else "light"
    script = """[document.querySelector("#stage .paper"), document.body]
      .map(each => getComputedStyle(each))
      .flatMap((style, place) => place ? style.backgroundColor : style.fill)"""
    with chromium.tab(media={"prefers-color-scheme": system}) as tab:
        tab.open(file)
        assert tab.run(script) == [grounds[system]] * 2
        tab.click("#scheme")
        assert tab.run(script) == [grounds[other]] * 2
        tab.click("#levels label:nth-of-type(2)")
        assert tab.run(script) == [grounds[other]] * 2
        tab.click("#scheme")
        assert tab.run(script) == [grounds[system]] * 2


def color(written: str) -> str:
    """Give a color as browsers tell it."""
    return f"rgb({', '.join(str(int(written[at : at + 2], 16)) for at in (1, 3, 5))})"


@needs_browser
def test_a_flight_ends_where_a_jump_does(chromium: Browser, file: Path) -> None:
    """Those who want less motion see the same."""
    ends = []
    for motion in ("reduce", "no-preference"):
        with chromium.tab(media={"prefers-reduced-motion": motion}) as tab:
            tab.open(file)
            tab.click(named("net/"))
            tab.wait("!document.querySelector('#stage.moving')")
            ends.append(place(tab))
            assert tab.troubles() == []
    assert ends[0] == pytest.approx(ends[1], abs=0.1)


@needs_browser
def test_names_are_never_markup(chromium: Browser, tmp_path: Path) -> None:
    """In the picture, the panel, the search and the address."""
    levels = levels_of(HOSTILE, "x" * 200, note=HOSTILE)
    with chromium.tab() as tab:
        tab.open(write(tmp_path, levels, HOSTILE))
        assert text(tab, "h1") == HOSTILE
        tab.click("#stage g.node")
        assert text(tab, "#about h2") == HOSTILE
        tab.press("/")
        tab.write(HOSTILE)
        assert names(tab, ".hit") == [HOSTILE]
        assert tab.run("window.alarm === undefined")
        assert tab.run("document.querySelector('#levels').hidden")
        assert tab.troubles() == []


@needs_browser
def test_the_policy_keeps_scripts_of_pictures_and_the_network_out(
    chromium: Browser, tmp_path: Path
) -> None:
    """Whatever a picture brings along."""
    bad = "<script>window.alarm = 1</script><image href='http://127.0.0.1:9/a.png' width='9'/>"
    (level,) = levels_of("x")
    path = write(tmp_path, [level._replace(svg=level.svg.replace("</svg>", f"{bad}</svg>"))])
    with chromium.tab() as tab:
        tab.open(path)
        tab.run("fetch('http://127.0.0.1:9/b').catch(() => { window.refused = true })")
        tab.wait("window.refused")
        assert tab.run("window.alarm === undefined")
        assert names(tab) == ["x"]
        assert tab.requests() == [path.as_uri()]


@needs_browser
def test_without_scripts_the_first_picture_is_there_and_no_dead_button(
    chromium: Browser, file: Path
) -> None:
    """What cannot work is not shown."""
    with chromium.tab() as tab:
        tab.call("Emulation.setScriptExecutionDisabled", value=True)
        tab.open(file)
        assert is_seen(tab, named("net/"))
        buttons = (
            "[...document.querySelectorAll('button, input')].filter(each => each.offsetParent)"
        )
        assert tab.run(f"{buttons}.length") == 0


@needs_browser
def test_paper_shows_the_picture_alone(chromium: Browser, file: Path) -> None:
    """Whole and as it was drawn, whatever the window shows."""
    with chromium.tab() as tab:
        tab.open(f"{file.as_uri()}#node=x")
        tab.press("+", "ArrowLeft")
        tab.call("Emulation.setEmulatedMedia", media="print")
        controls = "[...document.querySelectorAll('button, input, aside')]"
        assert tab.run(f"{controls}.filter(each => each.offsetParent).length") == 0
        assert place(tab)[2] == 1
        assert place(tab)[0] >= 0


@needs_browser
def test_three_thousand_nodes_work(chromium: Browser, tmp_path: Path) -> None:
    """They open, are found, and are selected."""
    with chromium.tab() as tab:
        tab.open(write(tmp_path, many(3000)))
        tab.click(named("layers/"))
        assert len(names(tab)) == 3000
        tab.press("/")
        tab.write("dense")
        assert text(tab, "#hits") == "3000 found"
        tab.press("Escape")
        tab.write("_2999")
        tab.press("Enter")
        assert is_seen(tab, named("layers/dense_2999"))
        tab.click(named("layers/dense_2999"))
        assert names(tab, ".near") == ["layers/dense_2998", "layers/dense_2999"]
        assert tab.troubles() == []


@needs_browser
def test_every_part_can_be_reached_and_has_a_name(tab: Tab) -> None:
    """By Tab, in the order in which it is seen; the picture is one stop."""
    tab.run("document.activeElement.blur()")
    stops = []
    for _ in range(8):
        tab.press("Tab")
        stops.append(
            tab.run("(each => each.dataset.key || each.id || each.name)(document.activeElement)")
        )
    assert stops == ["level", "find", "scheme", "keys", "x", "larger", "smaller", "fit"]
    tree = tab.call("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "radio", "searchbox", "group"}
    nameless = [
        each["role"]["value"]
        for each in tree
        if each.get("role", {}).get("value") in roles and not each.get("name", {}).get("value")
    ]
    assert nameless == []


@needs_browser
def test_the_keys_are_listed_on_demand(tab: Tab) -> None:
    """While they are, they do nothing else."""
    start = place(tab)
    tab.press("?", "+")
    assert tab.run("document.querySelector('#help').open")
    assert place(tab) == pytest.approx(start)
    tab.press("Escape")
    tab.wait("!document.querySelector('#help').open")
