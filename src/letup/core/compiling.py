"""numba, with what it compiles kept for all installations of one user on one machine, and a word when it compiles.

numba keeps compiled code beside the source or by the path of the source, so that each virtual environment would begin
anew. Here it is kept by what it was compiled from: the text of all files with compiled functions, as functions compile
in what they call from other files.
"""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba import njit
from numba.core import caching, event

from letup.core.compiled_code import COMPILED, digest_of_texts, users_cache

__all__ = ["njit"]

_PACKAGE = Path(__file__).parents[1]
_VERSIONS_KEPT = 4
"""Compiled code of so many states of the sources is kept; that of the ones not used for longest goes."""


class _ByText:
    """Says where compiled code of a function of letup is kept; the interface is that of numba's cache locators."""

    def __init__(self, folder: Path, line: int) -> None:
        self._folder, self._line = folder, line

    @classmethod
    def from_function(cls, function: Any, file: str) -> _ByText | None:
        """A place for a function; None if it is not one of letup's, or the user has chosen another place."""
        if os.environ.get("NUMBA_CACHE_DIR") or not Path(file).is_relative_to(_PACKAGE):
            return None
        folder = _folder()
        return cls(folder, function.__code__.co_firstlineno) if folder is not None else None

    def ensure_cache_path(self) -> None:
        """Make the folder again if another process has taken it for one that is no longer used."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def get_cache_path(self) -> str:
        """The folder."""
        return str(self._folder)

    def get_source_stamp(self) -> str:
        """Which sources: the folder is named after their text."""
        return self._folder.name

    def get_disambiguator(self) -> str:
        """What tells functions of one name in one file apart."""
        return str(self._line)


@cache
def _folder() -> Path | None:
    """Folder for code compiled from the sources as they are; None if it cannot be written to."""
    kept = users_cache() / "letup" / "compiled"
    if os.name != "posix" or not kept.is_absolute():
        return None
    folder = kept / f"{digest_of_texts(_PACKAGE, COMPILED)}-numba-{numba.__version__}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            return None
        others = sorted(kept.iterdir(), key=lambda other: other.stat().st_mtime, reverse=True)
    except OSError:
        return None
    for other in others[_VERSIONS_KEPT:]:
        shutil.rmtree(other, ignore_errors=True)
    return folder


class _Word(event.Listener):  # type: ignore[misc]
    """Says on standard error that something is compiled, once in a process."""

    said = False

    def on_start(self, event: Any) -> None:
        """Say so before the first function of letup is compiled."""
        module = str(getattr(event.data["dispatcher"], "__module__", ""))
        if not self.said and module.startswith("letup."):
            self.said = True
            print("letup: compiling, once on this machine; this can take a minute", file=sys.stderr, flush=True)

    def on_end(self, event: Any) -> None:
        """Nothing."""


_locators = getattr(getattr(caching, "CacheImpl", getattr(caching, "_CacheImpl", None)), "_locator_classes", None)
if isinstance(_locators, list):
    _locators.insert(0, _ByText)
event.register("numba:compile", _Word())
