"""``to_page``: pictures in one HTML file with pan, zoom, search and folding.

The file needs no server and asks no network for anything: its policy forbids it. Without scripts it
shows the most folded picture.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import NamedTuple

from graphnet.viz.text import visible

__all__ = ["Level", "to_page"]

SCRIPTS = (  # each uses only what those before it declare, until the last one starts the page
    "geometry.js",
    "view.js",
    "gestures.js",
    "levels.js",
    "search.js",
    "marks.js",
    "panel.js",
    "theme.js",
    "address.js",
    "main.js",
    "listen.js",
)


class Level(NamedTuple):
    """One picture of several of the same graph.

    Attributes:
        label: What its button says, as "depth 2".
        svg: The picture, as ``to_svg`` writes it.
    """

    label: str
    svg: str


def to_page(title: str, levels: Sequence[Level]) -> str:
    """Give an HTML page that shows a graph, and opens and folds what is in it.

    Args:
        title: What stands above the picture.
        levels: The same graph folded less and less, at least one; the first is shown first.

    Example:
        >>> picture = '<svg viewBox="0 0 9 9"><g class="node" data-key="x"/></svg>'
        >>> page = to_page("x < y", [Level("all", picture)])
        >>> "<h1>x &lt; y</h1>" in page, picture in page
        (True, True)
    """
    first, *others = levels
    script = "".join(map(source, SCRIPTS))
    return Template(source("page.html")).substitute(
        policy=policy(f"\n{script}"),
        title=escape(visible(title)),
        style=source("page.css"),
        label=escape(visible(first.label)),
        picture=element(first.svg),
        templates="".join(map(template, others)),
        script=script,
    )


@cache
def source(name: str) -> str:
    """Give a part of the page."""
    return files("graphnet.viz").joinpath("web", name).read_text("utf-8")


def policy(script: str) -> str:
    """Give a Content Security Policy: this script runs, no other, and nothing is loaded."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rules = {
        "default-src": "'none'",
        "script-src": f"'sha256-{digest}'",
        "style-src": "'unsafe-inline'",  # pictures bring their own
        "img-src": "data:",  # the empty icon, without which browsers ask a server for one
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{directive} {allowed}" for directive, allowed in rules.items())


def template(level: Level) -> str:
    """Give a level that the page does not show yet; ids in it cannot clash with others."""
    label = escape(visible(level.label))
    return f'<template class="level" data-label="{label}">\n{element(level.svg)}\n</template>\n'


def element(svg: str) -> str:
    """Give a picture without what stands before its element in a file; HTML has no such things."""
    return svg[svg.index("<svg") :].strip()
