"""python -m papernets, and the command `papernets`."""

import sys


def run() -> int:
    """The exit code of the command line; 130 also for Ctrl-C while it is still being imported."""
    try:
        from .cli import main
        from .texts import clean_tracebacks

        clean_tracebacks()
        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(run())
