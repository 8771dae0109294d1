"""``draw`` and ``diff`` on the command line."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graphnet.command.sources import load
from graphnet.errors import GraphnetError
from graphnet.viz.comparing.diff import diff
from graphnet.viz.drawing import ALL_VIEWS, SUFFIXES, draw
from graphnet.viz.layout.engines import ENGINES

__all__ = ["main"]

SAME, DIFFERENT, TROUBLE, INTERRUPTED = 0, 1, 2, 130

SOURCE = "FILE.py for the graph that a file declares, FILE.py:NAME for a tensor, a graph, a model, "
SOURCE += "or a function that gives one of these, or a file with the text of a graph"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and give the exit status.

    Args:
        arguments: The words; by default those that the program was started with.

    Returns:
        0 if all went well, and for ``diff`` if there is no difference; 1 if there is one; 2 for
        what cannot be done; 130 after Ctrl-C.
    """
    options = parser().parse_args(arguments)
    try:
        status: int = options.action(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has seen enough
        sys.stdout = None  # nothing is left to be flushed
        return TROUBLE
    except (GraphnetError, OSError) as error:
        complain(error)
        return TROUBLE
    return status


def complain(error: Exception) -> None:
    """Say what cannot be done."""
    sys.stderr.write(f"graphnet: {error}\n")


def parser() -> argparse.ArgumentParser:
    """Give what reads the command line."""
    made = argparse.ArgumentParser("python -m graphnet", description="Look at graphs.")
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    drawing = command(commands, "draw", draw_command, "draw a graph")
    drawing.add_argument("source", help=SOURCE)
    drawing.add_argument("--view", metavar="VIEW", help=f"one of {', '.join(ALL_VIEWS)}")
    drawing.add_argument("--depth", type=positive, metavar="N", help="show N levels of names")
    drawing.add_argument("--no-weights", action="store_true", help="hide variables")
    drawing.add_argument("--constants", action="store_true", help="show all constants")
    drawing.add_argument("--no-specs", action="store_true", help="no shapes and dtypes on arrows")
    drawing.add_argument("--no-repeats", action="store_true", help="show equal blocks one by one")
    drawing.add_argument("--overlay", choices=("bytes",), help="color by the size of results")
    drawing.add_argument("--title", metavar="TEXT", help="what stands above the picture")
    differing = command(
        commands, "diff", diff_command, "compare two graphs; the exit status is 1 if they differ"
    )
    differing.add_argument("before", help=SOURCE)
    differing.add_argument("after", help="another one")
    for each, usual in ((drawing, "FILE.svg"), (differing, "none")):
        written = f"the picture: {', '.join(SUFFIXES)}; by default {usual}"
        each.add_argument("-o", "--output", type=Path, metavar="FILE", help=written)
        each.add_argument("--limit", type=positive, metavar="N", help="how many cards fit")
        each.add_argument("--engine", metavar="NAME", help=f"one of {', '.join(ENGINES)}")
        each.add_argument("--quiet", action="store_true", help="say nothing but errors")
    return made


def command(commands: Any, name: str, action: Callable[..., int], text: str) -> Any:
    """Add a command."""
    made = commands.add_parser(name, help=text, description=text)
    made.set_defaults(action=action)
    return made


def positive(text: str) -> int:
    """Read a number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


@contextmanager
def outside_of_files() -> Iterator[None]:
    """Let errors name no line: what the command line says is in no file."""
    try:
        yield
    except GraphnetError as error:
        error.at = None
        raise


def draw_command(options: argparse.Namespace) -> int:
    """Draw."""
    path = options.output or Path(Path(options.source.partition(":")[0]).stem + ".svg")
    what = load(options.source)
    with outside_of_files():
        drawing = draw(
            what,
            path,
            view=options.view,
            depth=options.depth,
            limit=options.limit,
            weights=not options.no_weights,
            constants=True if options.constants else None,
            specs=not options.no_specs,
            repeats=False if options.no_repeats else None,
            overlay=options.overlay,
            title=options.title,
            engine=options.engine,
            progress=not options.quiet,
        )
    say(options, f"{path}: {drawing.title}, laid out by {drawing.engine}")
    return SAME


def diff_command(options: argparse.Namespace) -> int:
    """Compare."""
    before, after = load(options.before), load(options.after)
    with outside_of_files():
        difference = diff(before, after, title=f"{options.before} -> {options.after}")
        say(options, str(difference))
        if options.output:
            engine, limit = options.engine, options.limit
            draw(difference, options.output, limit=limit, engine=engine, progress=not options.quiet)
            say(options, f"drawn in {options.output}")
    return DIFFERENT if difference else SAME


def say(options: argparse.Namespace, text: str) -> None:
    """Write a line, unless nobody wants it."""
    if not options.quiet:
        sys.stdout.write(f"{text}\n")
