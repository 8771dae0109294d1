"""``python -m graphnet``: pictures and differences of graphs from the command line."""

import sys

from graphnet.command import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
