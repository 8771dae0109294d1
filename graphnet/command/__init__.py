"""The command line."""

from graphnet.command.main import main as main

__all__ = ["main"]
