"""The ``letup`` command, and ``python -m letup``."""

import os
import signal


def main() -> None:
    """Run the command line. Ctrl-C while it loads ends it as Ctrl-C ends a command."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)
    from letup.cli import main as run

    try:
        signal.signal(signal.SIGINT, before)
        run()
    except KeyboardInterrupt:
        _stop(signal.SIGINT, None)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # everything is done: what is left is to end


def _stop(_number: int, _frame: object) -> None:
    """Nothing is begun yet, and some libraries would make another error of it while they load."""
    os.write(2, "error [command.stopped] stopped by Ctrl-C\n  → Run it again.\n".encode())
    os._exit(130)


if __name__ == "__main__":
    main()
