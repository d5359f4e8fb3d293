"""Folders and files that results are written to: whole or not at all, and nothing that is the user's is replaced.

A result is written beside its place and takes it in one step, so that a full disk or a killed process leaves what was
there before. `.letup-files` in a folder lists what letup wrote there, with digests: only what stands in it and was not
changed since is replaced or removed. Everything else in the folder stays, and a file that is in the way is named.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from letup.core.errors import LetupError, cannot_write, is_of_the_system
from letup.core.staging import clear_left_overs, exchange, is_staging, lock, staging, to_disk, tree_to_disk
from letup.core.wording import and_more

LIST = ".letup-files"
"""Name of the list of what letup wrote to a folder."""

_FORMAT = 1
_NOTE = "What letup wrote here, with SHA-256 digests. It replaces only these files, and only while they are unchanged."
_NAMED = 8
_PATIENCE = 30.0
"""Seconds to wait for another letup that is writing to the same folder."""

_LONGEST_LIST = 2**26
"""Bytes of a list that letup could have written."""

_PROBE = 2**20
"""Bytes that a disk takes that is not full."""

_MOST_CARRIED = 10_000
"""Files of others up to which a folder is exchanged as a whole."""


@dataclass(frozen=True)
class ResultKind:
    """One kind of result that is written to a folder.

    Attributes
    ----------
    name : str
        As it stands in the list of files.
    what : str
        What is written, with its article.
    code : str
        Code of the error where the folder cannot be used.
    known_by : tuple of str
        Files by which a folder is known to take such a result; where there are none, any folder does.
    owns : tuple of str
        Names, with ``*``, of files that would be read as part of this result whoever wrote them.
    clears : tuple of str
        Kinds of results that a new one makes void: their files are removed with those of its own kind.
    """

    name: str
    what: str
    code: str
    known_by: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()


@dataclass
class _Listed:
    """What the list of a folder says: the kind of each file, and the digests it may have."""

    files: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    unfinished: str = ""
    there: bool = False

    def of(self, kind: ResultKind) -> set[str]:
        """Files that a new result of a kind makes void."""
        return {name for name, (of, _) in self.files.items() if of in (kind.name, *kind.clears)}

    def digests(self, name: str) -> tuple[str, ...]:
        """Digests that a file may have; none if letup did not write it."""
        return self.files.get(name, ("", ()))[1]


def require_usable(folder: Path, kind: ResultKind, *, force: bool = False, unless: Iterable[str] = ()) -> None:
    """Refuse a folder that a result cannot be written to, before anything is computed.

    Parameters
    ----------
    folder : Path
        The folder; it need not exist.
    kind : ResultKind
        What is to be written.
    force : bool
        Whether files in the way are replaced.
    unless : iterable of str
        Names, with ``*``, of files that are looked at only once it is known what takes their place.

    Raises
    ------
    LetupError
        It is no folder, holds something other than such a result, or cannot be written to; ``files.yours`` if files
        are in the way that letup did not write, or that were changed since.
    """
    there = next((place for place in (folder, *folder.absolute().parents) if place.exists()), folder)
    problem = ""
    if not there.is_dir():
        problem = "is not a folder"
    elif not os.access(there, os.W_OK | os.X_OK):
        problem = "cannot be written to"
    elif (
        kind.known_by
        and folder.exists()
        and not _is_empty(folder)
        and not any((folder / name).is_file() for name in (*_read_list(folder).of(kind), *kind.known_by))
    ):
        problem = f"holds files that are no {kind.what.rsplit(maxsplit=1)[-1]}"
    if problem:
        raise LetupError(kind.code, f"{folder} {problem}", f"Choose an empty folder, or one with {kind.what}.")
    if folder.exists():
        unless = tuple(unless)
        in_the_way = _in_the_way(folder, _read_list(folder), kind, {}, force=force)
        _refuse(folder, {name: why for name, why in in_the_way.items() if not _matches(name, unless)})


@contextmanager
def replaced(
    folder: Path,
    kind: ResultKind,
    *,
    force: bool = False,
    inputs: Iterable[Path] = (),
    keep: Iterable[str] = (),
) -> Iterator[Path]:
    """Write a result: an empty folder of the same name, whose files take their place when all of them are there.

    Parameters
    ----------
    folder : Path
        Where the result is to be; made if it does not exist. What letup did not write there stays.
    kind : ResultKind
        What is written.
    force : bool
        Whether to replace files that letup did not write, or that were changed since.
    inputs : iterable of Path
        Files that the result is made from: not even ``force`` replaces them.
    keep : iterable of str
        Names of files that stay as they are, though they are of this kind.

    Yields
    ------
    Path
        The folder to write to.

    Raises
    ------
    LetupError
        The code of the kind if the folder cannot be used, ``files.yours`` if files are in the way,
        ``files.input`` if inputs are, ``files.busy`` if another process writes there, ``system.…`` if the system
        cannot write. In each case the folder is as it was.
    """
    target = Path(os.path.realpath(folder))
    try:
        require_usable(folder, kind, force=True)
        with staging(_room_for(target)) as room:
            fresh = room / (target.name or "results")
            fresh.mkdir()
            try:
                yield fresh
            except (OSError, LetupError):
                raise
            except Exception:
                _require_room(room)
                raise
            _Placing(fresh, target, kind, folder, set(keep)).place(force=force, inputs=inputs)
    except OSError as error:
        raise cannot_write(error, folder, kind.code, "Choose another folder.") from error


def require_whole(folder: Path) -> None:
    """Refuse to read a folder that a killed run left half written (``files.unfinished``)."""
    if unfinished := _read_list(folder).unfinished:
        message = f"{folder} was left half written: the {unfinished} there is partly the old one"
        raise LetupError("files.unfinished", message, "Run the command again that wrote it.")


def write_file(path: Path, text: str, *, code: str, force: bool = False) -> Path:
    """Write one file, whole or not at all. One that is there with another content is replaced only by ``force``.

    Parameters
    ----------
    path : Path
        The file; a device or a pipe is written to as it is.
    text : str
        Its content; line ends are written as they are.
    code : str
        Code of the error where it cannot be written.
    force : bool
        Whether to replace what is there.

    Raises
    ------
    LetupError
        ``files.yours``, the code given, or ``system.…``.
    """
    content = text.encode()
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as file:
                file.write(content)
            return path
        if path.is_file():
            if path.read_bytes() == content:
                return path
            if not force:
                raise LetupError(
                    "files.yours", f"{path} is there already", "Name another file, or give --force to replace it."
                )
        swap_file(path, content)
    except OSError as error:
        raise cannot_write(error, path, code, "Name another file.") from error
    return path


def swap_file(path: Path, content: bytes) -> None:
    """Put a file in place of another in one step; OSError if it cannot be written, and the old one stays."""
    target = Path(os.path.realpath(path))
    with staging(target.parent) as room:
        fresh = room / target.name
        fresh.write_bytes(content)
        if target.exists():
            shutil.copymode(target, fresh)
        to_disk(fresh)
        fresh.replace(target)
    to_disk(target.parent)


def require_plain_file(path: Path) -> None:
    """Raise OSError for a pipe, a device or a folder in place of a file: reading it might never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "is not a plain file", str(path))


def json_text(document: Any) -> str:
    """Values as the text of a JSON file, a line for each: the form of whatever letup writes or prints as JSON.

    Dates and times are written as ISO 8601, paths as text, numpy's numbers as numbers.

    Raises
    ------
    TypeError
        For a value of another kind.
    ValueError
        For a number that is not finite.
    """
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _require_room(room: Path) -> None:
    """Raise OSError if nothing more can be written, which libraries that write files say in words of their own."""
    with (room / "probe").open("wb") as probe:
        probe.write(bytes(_PROBE))
        probe.flush()
        os.fsync(probe.fileno())


def _room_for(target: Path) -> Path:
    """Where to write first: beside the folder, or in it where what is beside it cannot be renamed to it."""
    beside = next(part for part in target.parents if part.exists())
    if target.exists():
        alike = target.stat().st_dev == beside.stat().st_dev
        return beside if alike and os.access(beside, os.W_OK | os.X_OK) else target
    return beside


class _Placing:
    """New files on their way to their place.

    Parameters
    ----------
    fresh : Path
        The folder that they were written to.
    target : Path
        The folder that they are to be in.
    kind : ResultKind
        What they are.
    said : Path
        The folder as it was named.
    keep : set of str
        Names of files that stay as they are.
    """

    def __init__(self, fresh: Path, target: Path, kind: ResultKind, said: Path, keep: set[str]) -> None:
        self.fresh, self.target, self.kind, self.said, self.keep = fresh, target, kind, said, keep
        self.new = {name: _digest(fresh / name) for name in _names(fresh)}

    def place(self, *, force: bool, inputs: Iterable[Path]) -> None:
        """Put them there, once everything is known to be in order."""
        tree_to_disk(self.fresh)
        with _locked(self.target, self.said):
            clear_left_overs(self.target)
            listed = _read_list(self.target)
            given = {Path(os.path.realpath(path)) for path in inputs}
            if lost := [name for name in self.new if self.target / name in given]:
                message = f"{_in_words(lost)} in {self.said}, which the result is made from, would be replaced"
                raise LetupError("files.input", message, "Choose another folder.")
            in_the_way = _in_the_way(self.target, listed, self.kind, self.new, force=force)
            _refuse(self.said, {name: why for name, why in in_the_way.items() if name not in self.keep})
            void = listed.of(self.kind)
            gone = (void | set(_owned(self.target, self.kind))) - self.new.keys() - self.keep
            stay = {name: entry for name, entry in listed.files.items() if name not in void - self.keep}
            after = _Listed(stay)
            after.files |= {name: (self.kind.name, (digest,)) for name, digest in self.new.items()}
            if not self.target.exists():
                _write_list(self.fresh / LIST, after)
                self.target.parent.mkdir(parents=True, exist_ok=True)
                self.fresh.rename(self.target)
                to_disk(self.target.parent)
            elif not self._exchanged(listed, after, gone):
                self._replace_one_by_one(listed, after, gone)

    def _exchanged(self, listed: _Listed, after: _Listed, gone: set[str]) -> bool:
        """Exchange the folders, with what is not letup's carried over; False if that cannot be."""
        fresh, target = self.fresh, self.target
        if not (listed.there or _is_empty(target)) or listed.unfinished or fresh.is_relative_to(target):
            return False
        if _is_worked_in(target):
            return False  # whoever works there would be left in a folder that is gone
        try:
            _carry(target, fresh, target, gone, [0])
            _write_list(fresh / LIST, after)
            shutil.copystat(target, fresh)
            for where, _, _ in os.walk(fresh):
                to_disk(Path(where))
            exchange(fresh, target)
        except OSError as error:
            if is_of_the_system(error):
                raise
            return False
        to_disk(target.parent)
        return True

    def _replace_one_by_one(self, listed: _Listed, after: _Listed, gone: set[str]) -> None:
        """Where folders cannot be exchanged: the list says that the folder is unfinished until it is done.

        Until then files may have the old or the new digest, so that the command can be run again; reading is refused.
        """
        target = self.target
        between = _Listed(dict(listed.files), unfinished=self.kind.name)
        for name, (of, digests) in after.files.items():
            between.files[name] = of, tuple(dict.fromkeys((*listed.digests(name), *digests)))
        swap_file(target / LIST, _list_text(between).encode())
        for name in self.new:
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            (self.fresh / name).replace(path)
        for name in sorted(gone):
            path = target / name
            path.unlink(missing_ok=True)
            for above in path.parents:
                if above == target or not above.is_dir() or not _is_empty(above):
                    break
                above.rmdir()
        for path in {(target / name).parent for name in self.new} | {target}:
            to_disk(path)
        swap_file(target / LIST, _list_text(after).encode())


@contextmanager
def _locked(target: Path, folder: Path) -> Iterator[None]:
    """Keep other processes from putting files into a folder at the same time."""
    while target.is_dir() and os.name == "posix":
        handle = os.open(target, os.O_RDONLY)
        try:
            if lock(handle, _PATIENCE) is False:
                message = f"another letup is writing to {folder}"
                raise LetupError("files.busy", message, "Wait for it, or choose another folder.")
            now, then = target.stat(), os.fstat(handle)
            if (now.st_dev, now.st_ino) == (then.st_dev, then.st_ino):
                yield
                return
        finally:
            os.close(handle)
    yield


def _carry(source: Path, to: Path, top: Path, gone: set[str], count: list[int]) -> None:
    """Give the new folder what the old one holds beside letup's files: the same files, not copies."""
    with os.scandir(source) as entries:
        here = list(entries)
    for entry in here:
        path, new = Path(entry.path), to / entry.name
        if source == top and (entry.name == LIST or is_staging(entry.name)):
            continue
        if entry.is_dir(follow_symlinks=False):
            made = not new.exists()
            new.mkdir(exist_ok=True)
            _carry(path, new, top, gone, count)
            if made and _is_empty(new) and not _is_empty(path):
                new.rmdir()  # all that was in it was letup's
            elif made:
                shutil.copystat(path, new)
            continue
        if path.relative_to(top).as_posix() in gone or os.path.lexists(new):
            continue
        count[0] += 1
        if count[0] > _MOST_CARRIED:
            raise OSError("too many files to carry over")
        if entry.is_symlink():
            new.symlink_to(path.readlink())
        else:
            os.link(path, new, follow_symlinks=False)


def _in_the_way(
    folder: Path, listed: _Listed, kind: ResultKind, new: Mapping[str, str], *, force: bool
) -> dict[str, str]:
    """Files that would be replaced or removed though they are the user's, with the reason."""
    problems: dict[str, str] = {}
    for name in sorted({*listed.of(kind), *_owned(folder, kind), *new}):
        path = folder / name
        if not os.path.lexists(path):
            above = next((part for part in path.parents if os.path.lexists(part)), folder)
            if not above.is_dir():
                problems[name] = f"{above.relative_to(folder).as_posix()} is no folder"
            continue
        if not stat.S_ISREG(path.lstat().st_mode):
            if path.is_dir() and not path.is_symlink():
                problems[name] = "is a folder"
            elif not force:
                problems[name] = "was not written by letup"
            continue
        if Path(os.path.realpath(path)) != Path(os.path.realpath(folder), name):
            problems[name] = "lies in a folder that is a link"
        elif not force:
            digest = _digest(path)
            if digest in (new.get(name), *listed.digests(name)):
                continue
            problems[name] = "was changed since" if name in listed.files else "was not written by letup"
    return problems


def _refuse(folder: Path, in_the_way: Mapping[str, str]) -> None:
    if not in_the_way:
        return
    by_reason: dict[str, list[str]] = {}
    for name, why in in_the_way.items():
        by_reason.setdefault(why, []).append(name)
    files = "; ".join(f"{_in_words(names)} ({why})" for why, names in by_reason.items())
    stuck = any(why not in ("was changed since", "was not written by letup") for why in by_reason)
    way_out = "move them away" if stuck else "move them away, or give --force to replace them"
    raise LetupError(
        "files.yours", f"files in {folder} would be replaced: {files}", f"Choose another folder, {way_out}."
    )


def _in_words(names: list[str]) -> str:
    rest = and_more(len(names), _NAMED)
    return ", ".join(names[:_NAMED]) + (f", {rest}" if rest else "")


def _owned(folder: Path, kind: ResultKind) -> list[str]:
    """Files that are there and would be read as part of a result of this kind."""
    names = [name for name in kind.owns if "*" not in name and os.path.lexists(folder / name)]
    for pattern in kind.owns:
        if "*" in pattern and not (top := folder / PurePosixPath(pattern).parent).is_symlink():
            inside = _names(top)
            names += [(top / name).relative_to(folder).as_posix() for name in inside]
    return [name for name in names if _matches(name, kind.owns)]


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _names(folder: Path) -> list[str]:
    """All files under a folder, as the list names them; in folders that are links none."""
    names = [Path(where, name).relative_to(folder).as_posix() for where, _, files in os.walk(folder) for name in files]
    return sorted(name for name in names if name != LIST and not is_staging(name.partition("/")[0]))


def _is_worked_in(folder: Path) -> bool:
    try:
        return Path.cwd().is_relative_to(folder)
    except OSError:  # the working folder is gone already
        return False


def _is_empty(folder: Path) -> bool:
    return not os.listdir(folder)  # noqa: PTH208 - an iterator left open is warned of


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_list(folder: Path) -> _Listed:
    """The list of a folder. One that makes no sense counts as none: everything there is the user's."""
    path = folder / LIST
    if not path.is_file() or path.stat().st_size > _LONGEST_LIST:
        return _Listed()
    content = path.read_bytes()
    try:
        document = json.loads(content)
        files = {
            name: (str(entry["kind"]), tuple(str(digest) for digest in entry["sha256"]))
            for name, entry in document["files"].items()
            if not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
        }
        unfinished = str(document.get("unfinished", ""))
        return _Listed(files, unfinished, there=True) if document["format"] == _FORMAT else _Listed()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _Listed()


def _list_text(listed: _Listed) -> str:
    document: dict[str, Any] = {"format": _FORMAT, "note": _NOTE}
    if listed.unfinished:
        document["unfinished"] = listed.unfinished
    document["files"] = {
        name: {"kind": of, "sha256": list(digests)} for name, (of, digests) in sorted(listed.files.items())
    }
    return json_text(document)


def _write_list(path: Path, listed: _Listed) -> None:
    path.write_text(_list_text(listed), "utf-8")
    to_disk(path)
