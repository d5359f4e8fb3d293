"""What is written beside its place first: folders of one process, and how they take the place of others."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = re.compile(r"\.letup-[0-9a-f]{16}")
_LOCK = "lock"
_ABANDONED = 3600
"""Seconds after which a folder without a lock is taken for one that a killed run left behind."""

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


@contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """Make a folder in ``parent`` that is gone at the end; what killed runs left there goes first.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    clear_left_overs(parent)
    while True:
        path = parent / f".letup-{secrets.token_hex(8)}"
        path.mkdir()
        handle = os.open(path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        if lock(handle) is not False:
            break
        os.close(handle)  # somebody took it for a left-over
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(handle)


def clear_left_overs(parent: Path) -> None:
    """Remove the folders that killed runs left in ``parent``; never one that a living process holds."""
    try:
        left = [parent / name for name in os.listdir(parent) if is_staging(name)]  # noqa: PTH208
    except OSError:
        return
    for path in left:
        try:
            handle = os.open(path / _LOCK, os.O_RDWR)
        except FileNotFoundError:
            if path.is_dir() and time.time() - path.lstat().st_mtime > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
            continue
        except OSError:
            continue
        try:
            if lock(handle):
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(handle)


def is_staging(name: str) -> bool:
    """Whether a folder of this name was made by `staging`."""
    return _NAME.fullmatch(name) is not None


def lock(handle: int, seconds: float = 0) -> bool | None:
    """Lock an open file or folder until it is closed.

    Returns
    -------
    bool or None
        False if another process has it, None where the system knows no such locks.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        except OSError:
            return None
        else:
            return True


def exchange(one: Path, other: Path) -> None:
    """Let two folders of one file system swap their names, in one step that is never seen half done.

    Raises
    ------
    OSError
        If the system or the file system cannot, with neither of them touched.
    """
    if sys.platform == "win32":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):
        status = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    elif hasattr(library, "renamex_np"):
        status = library.renamex_np(*names, _RENAME_SWAP)
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would outlive the machine going down."""
    if path.is_dir():
        if sys.platform == "win32":
            return
        handle = os.open(path, os.O_RDONLY)
    else:
        handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that know nothing of it
            raise
    finally:
        os.close(handle)


def tree_to_disk(folder: Path) -> None:
    """`to_disk` for everything under a folder, and for it."""
    for where, _, names in os.walk(folder):
        for name in names:
            to_disk(Path(where, name))
        to_disk(Path(where))
