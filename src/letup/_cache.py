"""Where compiled code is kept when neither the package nor the user's home can be written to."""

from __future__ import annotations

import os
from pathlib import Path


def find_place_for_compiled_code(package: Path) -> None:
    """Give numba a folder of its own if the usual ones cannot be written to; importing it would fail otherwise.

    Parameters
    ----------
    package : Path
        Folder of the package. numba keeps compiled code beside the source, else in the user's cache.
    """
    if os.environ.get("NUMBA_CACHE_DIR") or os.name != "posix":
        return
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - never raises
    if _writable(package / "flow") or _writable(Path(cache)):
        return
    os.environ["NUMBA_CACHE_DIR"] = str(_own_folder())


def _writable(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, can be written to."""
    if not folder.is_absolute():
        return False
    existing = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _own_folder() -> Path:
    """Return a folder for temporary files that nobody else can write to: what lies in it is run."""
    import tempfile

    folder = Path(tempfile.gettempdir()) / f"letup-compiled-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
            return Path(tempfile.mkdtemp(prefix="letup-compiled-"))
    return folder
