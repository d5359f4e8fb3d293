"""What a function prints where standard output is no terminal."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable


def printed(show: Callable[..., None], *arguments: object) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        show(*arguments)
    return output.getvalue()
