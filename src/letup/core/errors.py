"""One hierarchy of errors; each has a stable code, a place, and what to do."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from letup.core.wording import and_more

if TYPE_CHECKING:
    from collections.abc import Sequence

    from letup.core.findings import Finding


class LetupError(Exception):
    """Something letup cannot go on from.

    Parameters
    ----------
    code : str
        Stable code, such as ``"flow.shape"``: room, dot, what.
    message : str
        What is wrong, and where, in one line.
    remedy : str
        What to do about it, in one line.
    """

    exit_code = 2

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(f"[{code}] {message}" + (f"\n{remedy}" if remedy else ""))
        self.code = code
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[LetupError], tuple[object, ...]]:
        """Be pickled with what it was made of, so that it comes back from another process as it is."""
        return type(self), (self.code, self.message, self.remedy)


class BadInput(LetupError):  # noqa: N818 - reads as a word of the field
    """A scenario or a file of a plan cannot be used; all that is wrong is in ``findings``.

    ``scenario`` is what to give to `letup check`; empty where that would not find the same.
    """

    def __init__(self, findings: Sequence[Finding], scenario: str = "") -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        first = errors[0]
        rest = and_more(len(errors), 1)
        message = f"{first.place}: {first.message}"
        super().__init__(first.code, f"{message} ({rest})" if rest else message, first.remedy)
        self.findings = tuple(findings)
        self.scenario = scenario

    def __reduce__(self) -> tuple[type[LetupError], tuple[object, ...]]:
        """Be pickled with all findings."""
        return type(self), (self.findings, self.scenario)


class NoPlan(LetupError):  # noqa: N818
    """No plan exists within the limits; the message says why."""

    exit_code = 3


class Stopped(LetupError):  # noqa: N818
    """Ended by hand before there was a result."""

    exit_code = 130


class SystemRefused(LetupError):  # noqa: N818
    """The system could not do what it was asked to, whatever was typed: a full disk, a device that fails."""

    exit_code = 4


_SYSTEM = {
    errno.ENOSPC: ("system.disk_full", "Make room on it, and run the command again."),
    errno.EDQUOT: ("system.disk_full", "Make room within your quota, and run the command again."),
    errno.EFBIG: ("system.disk_full", "Raise the limit on the size of files, and run the command again."),
    errno.EROFS: ("system.read_only", "Name a place that can be written to."),
    errno.EIO: ("system.device", "Look after the device: it may be failing."),
    errno.EMFILE: ("system.too_many_files", "Close other programs, or raise the limit on open files."),
    errno.ENFILE: ("system.too_many_files", "Close other programs, or raise the limit on open files."),
}


def is_of_the_system(error: OSError) -> bool:
    """Whether an error would come up wherever it is written to on this disk, or from this process."""
    return error.errno in _SYSTEM


def cannot_write(error: OSError, what: os.PathLike[str] | str, code: str, remedy: str) -> LetupError:
    """What an error of the system means to whoever wanted something written.

    Parameters
    ----------
    error : OSError
        What the system said.
    what : path or str
        What was to be written.
    code, remedy : str
        Code of the error and what to do, where the place is to blame and not the system.
    """
    if error.errno in _SYSTEM:
        return refused_by_system(error, what)
    return LetupError(code, f"{os.fspath(what)} cannot be written: {error.strerror or error}", remedy)


def refused_by_system(error: OSError, what: os.PathLike[str] | str = "") -> LetupError:
    """What an error of the system means where nobody can say more, such as a name that is too long for a file."""
    name, why = (os.fspath(what) if what else str(error.filename or "a file"))[:200], error.strerror or error
    if error.errno in _SYSTEM:
        code, remedy = _SYSTEM[error.errno]
        return SystemRefused(code, f"{name} cannot be written: {why}", remedy)
    remedy = "Name another file or folder, or see to its rights."
    return LetupError("system.refused", f"{name} cannot be read or written: {why}", remedy)
