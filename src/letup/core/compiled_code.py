"""Where compiled code is kept, and that it is never older than its sources."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

COMPILED = (
    "aid/deliveries/make/kernel.py",
    "flow/bits.py",
    "flow/cut.py",
    "flow/kernel.py",
    "flow/node_order.py",
    "flow/arrival_order.py",
    "flow/earlier_arrivals.py",
    "flow/routes.py",
    "flow/augmenting_search.py",
    "flow/augment.py",
    "flow/first_flow.py",
    "flow/largest_flow.py",
    "flow/take_out.py",
    "flow/least_walking.py",
    "flow/direct_routes.py",
    "flow/residual.py",
    "flow/estimate.py",
)
"""Files of the package with functions that are compiled. These use one another, and nothing from other files."""

_STAMP = "compiled-from.txt"


def drop_compiled_code_of_other_sources(package: Path) -> None:
    """Drop compiled code beside the sources if any of them has changed since.

    numba compares a compiled function with its own file only. Compiled in is also what it calls from other
    files: after an update of some files it would go on with their old code.

    Parameters
    ----------
    package : Path
        Folder of the package. Where it cannot be written to there is nothing to drop.
    """
    stamp = package / "flow" / "__pycache__" / _STAMP
    try:
        digest = _digest(package)
        if stamp.is_file() and stamp.read_text("ascii") == digest:
            return
        for folder in {(package / name).parent for name in COMPILED}:
            for pattern in ("*.nbi", "*.nbc"):
                for file in (folder / "__pycache__").glob(pattern):
                    file.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        written = stamp.with_name(f"{_STAMP}.{os.getpid()}")
        written.write_text(digest, "ascii")
        written.replace(stamp)
    except (OSError, ValueError):
        return


def digest_of_texts(package: Path, names: tuple[str, ...]) -> str:
    """Digest of the names and texts of files of the package, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for name in names:
        text = (package / name).read_bytes()
        digest.update(f"{name} {len(text)}\n".encode() + text)
    return digest.hexdigest()[:16]


def _digest(package: Path) -> str:
    """Digest of names, sizes and times of change of all sources of compiled code."""
    stats = [(name, (package / name).stat()) for name in COMPILED]
    text = "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)
    return hashlib.sha256(text.encode()).hexdigest()


def find_place_for_compiled_code(package: Path) -> None:
    """Give numba a folder of its own if the usual ones cannot be written to; importing it would fail otherwise.

    Parameters
    ----------
    package : Path
        Folder of the package. numba keeps compiled code beside the source, else in the user's cache.
    """
    if os.environ.get("NUMBA_CACHE_DIR") or os.name != "posix":
        return
    if _writable(package / "flow") or _writable(users_cache()):
        return
    os.environ["NUMBA_CACHE_DIR"] = str(_own_folder())


def users_cache() -> Path:
    """Where programs keep what they can make again; relative if there is no such place."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))  # noqa: PTH111 - never raises


def _writable(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, can be written to."""
    if not folder.is_absolute():
        return False
    existing = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _own_folder() -> Path:
    """Return a folder for temporary files that nobody else can write to: what lies in it is run."""
    import tempfile

    folder = Path(tempfile.gettempdir()) / f"letup-compiled-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        status = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o077:
            return Path(tempfile.mkdtemp(prefix="letup-compiled-"))
    return folder
