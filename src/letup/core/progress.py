"""How far long work has come, and the one live line that shows it.

What does the work makes a `Reporter` and calls it at each stage. Who wants to know passes a function that takes a
`Progress`; the command line passes `ProgressDisplay.show`.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Self

from letup.core.wording import count, percent

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text


@dataclass(frozen=True)
class Progress:
    """How far the work has come.

    Attributes
    ----------
    stage : str
        What is being done, in words.
    seconds : float
        Since the start.
    people : int
        Best so far: people who would arrive, as the search counts them.
    ceiling : int
        Proven ceiling; 0 while unknown.
    part : str
        How much of the stage is done, such as "2 of 6 budgets done"; empty if it has no parts.
    chosen : bool
        Whether what is searched for is chosen, so that the rest is worth waiting for.
    """

    stage: str
    seconds: float
    people: int = 0
    ceiling: int = 0
    part: str = ""
    chosen: bool = False

    @property
    def gap(self) -> float:
        """(ceiling - people) / people; infinite while nobody arrives."""
        return (self.ceiling - self.people) / self.people if self.people else float("inf")

    def text(self, seconds: float | None = None) -> str:
        """One line; ``seconds`` in place of those when it was told."""
        parts = [f"{self.seconds if seconds is None else seconds:.1f} s", *([self.part] if self.part else [])]
        if self.people:
            parts.append(f"best so far {count(self.people)} people")
        if self.ceiling:
            parts.append(f"proven ceiling {count(self.ceiling)}")
        if self.people and self.ceiling:
            parts.append(f"gap {percent(self.gap, 1)}")
        return f"{self.stage}: {', '.join(parts)}"


class Reporter:
    """Tells a listener how far the work has come, with the seconds since it began.

    Attributes
    ----------
    ceiling : int
        Proven ceiling from here on; 0 while unknown.
    chosen : bool
        Whether what is searched for is chosen from here on.
    """

    def __init__(self, listener: Callable[[Progress], None] | None) -> None:
        self.ceiling = 0
        self.chosen = False
        self._listener = listener
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    def restart(self) -> None:
        """Count the seconds anew."""
        self._began = time.monotonic()

    def __call__(self, stage: str, people: int = 0, *, part: str = "") -> None:
        """Tell what is being done, and the best so far."""
        if self._listener is not None:
            self._listener(Progress(stage, self.seconds, people, self.ceiling, part, self.chosen))

    def parts(self, stage: str, of_what: str) -> Callable[[int, int], None]:
        """A function that takes how many parts are done, and of how many: "2 of 6 searches done"."""
        return lambda done, of: self(stage, part=f"{done} of {of} {of_what} done")


class ProgressDisplay:
    """One live line on standard error; where that is no terminal, a plain line for each stage.

    Nothing goes to standard output. Use it with ``with``; the line is gone at the end.

    Parameters
    ----------
    plain : bool
        Whether there are plain lines where there is no terminal: not for work of a few seconds.
    """

    def __init__(self, *, plain: bool = True) -> None:
        self._plain = plain
        self._terminal = sys.stderr.isatty()
        self._live: Live | None = None
        self._state = Progress("", 0.0)
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def show(self, state: Progress) -> None:
        """Show how far the work has come."""
        self._tell(state, state.text())

    def say(self, stage: str, *, chosen: bool = False) -> None:
        """Show a stage that is no part of a longer work."""
        self._tell(Progress(stage, 0.0, chosen=chosen), stage)

    def close(self) -> None:
        """Take the line away; the next stage shows it again."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    @contextmanager
    def first_stop_waits(self) -> Iterator[None]:
        """Once the result is chosen, let the first Ctrl-C wait for it: a second one ends the work without."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        stopped = False

        def stop(number: int, frame: FrameType | None) -> None:
            nonlocal stopped
            if stopped or not self._state.chosen:
                if callable(before):
                    before(number, frame)
                raise KeyboardInterrupt
            stopped = True
            self.close()
            message = "writing the plan with the pauses chosen; Ctrl-C again ends without a plan"
            print(message, file=sys.stderr, flush=True)

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _tell(self, state: Progress, text: str) -> None:
        if self._plain and not self._terminal and state.stage != self._state.stage:
            print(text, file=sys.stderr, flush=True)
        self._state, self._began = state, time.monotonic() - state.seconds
        if self._terminal:
            self._refresh()

    def _refresh(self) -> None:
        if self._live is None:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(
                console=Console(stderr=True, highlight=False),
                get_renderable=self._line,
                transient=True,
                redirect_stdout=False,
            )
            self._live.start()
        self._live.refresh()

    def _line(self) -> Text:
        from rich.text import Text

        return Text(self._state.text(time.monotonic() - self._began), no_wrap=True, overflow="ellipsis")
