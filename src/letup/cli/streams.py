"""Standard output and standard error, and what Ctrl-C means while a command runs."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Stream(io.RawIOBase):
    """A stream that goes on when nobody reads it any more, or it cannot be written to: a command ends as it would.

    Parameters
    ----------
    raw : RawIOBase
        What is written to.

    Attributes
    ----------
    failure : OSError or None
        Why nothing more is written.
    """

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__()
        self._raw = raw
        self.failure: OSError | None = None

    def writable(self) -> bool:
        """It is for writing."""
        return True

    def fileno(self) -> int:
        """Descriptor that is written to."""
        return self._raw.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._raw.isatty()

    def write(self, data: ReadableBuffer, /) -> int | None:
        """Write, or drop what cannot be written."""
        if self.failure is None:
            try:
                return self._raw.write(data)
            except OSError as error:
                self.failure = error
        return memoryview(data).nbytes


def keep_streams() -> list[Stream]:
    """Put streams that never fail in place of standard output and standard error; returns them, that of output first.

    Standard output is kept to what letup prints: compiled libraries that write to it directly write to standard
    error, or a banner of a solver before the object of ``--json`` would make it unreadable to the next program.
    Processes that letup starts inherit this. A terminal that knows no Arabic shows question marks.
    """
    kept = []
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        try:
            if not isinstance(stream, io.TextIOWrapper) or stream.fileno() != number:
                continue  # somebody has put something else in its place
            stream.flush()
            own = os.dup(number)
            if name == "stdout":
                os.dup2(2, 1)
        except OSError:
            continue  # it is closed
        raw = Stream(io.FileIO(own, "wb"))
        buffered = stream.line_buffering or not stream.write_through
        text = io.TextIOWrapper(
            io.BufferedWriter(raw),
            stream.encoding,
            "backslashreplace" if name == "stderr" else "replace",
            line_buffering=stream.line_buffering,
            write_through=not buffered,
        )
        setattr(sys, name, text)
        kept.append(raw)
    return kept


def flush(streams: list[Stream]) -> OSError | None:
    """Write what is still to be written; why something could not be, unless its reader just went away."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()
    failures = [stream.failure for stream in streams if stream.failure is not None]
    return next((failure for failure in failures if failure.errno != errno.EPIPE), None)


class Interrupt:
    """Whether Ctrl-C was pressed, whatever a library made of it; used with ``with``.

    Attributes
    ----------
    pressed : bool
        Whether it was.
    """

    def __init__(self) -> None:
        self.pressed = False
        here = threading.current_thread() is threading.main_thread()
        self._ours = here and signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def __enter__(self) -> Self:
        if self._ours:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _note(self, _: int, __: FrameType | None) -> None:
        self.pressed = True
        raise KeyboardInterrupt
