"""Read a text file within bounds: size first, then bytes, then text."""

from __future__ import annotations

import stat
from pathlib import Path

from letup.core.collect import Collector

MEGABYTE = 1_000_000

#: Largest file read, bytes by suffix. A larger one is refused before it is opened.
LARGEST = {
    ".yaml": MEGABYTE,
    ".csv": 20 * MEGABYTE,
    ".xlsx": 20 * MEGABYTE,
    ".geojson": 100 * MEGABYTE,
    ".json": 100 * MEGABYTE,
    ".kml": 100 * MEGABYTE,
    ".gml": 100 * MEGABYTE,
    ".shp": 500 * MEGABYTE,
    ".dbf": 500 * MEGABYTE,
    ".fgb": 500 * MEGABYTE,
    ".gpkg": 500 * MEGABYTE,
}

#: First bytes of files that are often saved or renamed under the name of a text file.
_FORMATS = (
    (b"PK\x03\x04", "a workbook (.xlsx) or another packed file", "give it the ending .xlsx if it is a workbook"),
    (b"\xd0\xcf\x11\xe0", "an old workbook (.xls)", "save it as .xlsx, or as “CSV UTF-8”"),
    (b"SQLite format 3\x00", "a database such as a GeoPackage", "give it the ending .gpkg if it is one"),
    (b"\x00\x00\x27\x0a", "a shapefile", "give it the ending .shp, with its .dbf, .shx and .prj beside it"),
    (b"%PDF", "a PDF", "find the table itself, or type it"),
    (b"\x1f\x8b", "a packed file", "unpack it"),
)

#: Most features in one layer, rows in one table, and columns in either.
MOST_FEATURES = 100_000
MOST_ROWS = 100_000
MOST_COLUMNS = 500


def _largest(path: Path) -> int:
    """Most bytes of a file; a file that is named by hand may have any ending, and is a table."""
    return LARGEST.get(path.suffix.lower(), LARGEST[".csv"])


def is_usable(path: Path, notes: Collector) -> bool:
    """Whether the path is a plain file of a size that letup reads; if not, a finding says why."""
    try:
        status = path.stat()
    except OSError as error:
        notes.add("file.unreadable", f"cannot be opened: {error.strerror}", "check the file", file=path.name)
        return False
    if not stat.S_ISREG(status.st_mode):
        notes.add("file.kind", "is not a plain file", "replace it by the file itself", file=path.name)
        return False
    limit = _largest(path)
    if status.st_size > limit:
        notes.add(
            "file.too_large",
            f"has {status.st_size / MEGABYTE:,.0f} MB; at most {limit / MEGABYTE:,.0f} MB are read",
            "cut the data to the area of the scenario, or leave out what it does not need",
            file=path.name,
        )
        return False
    if status.st_size == 0:
        notes.add("file.empty", "is empty", "fill it, or start from `letup new`", file=path.name)
        return False
    return True


def read_text(path: Path, notes: Collector) -> str | None:
    """Text of a UTF-8 file (with or without byte-order mark), or None with a finding."""
    if not is_usable(path, notes):
        return None
    limit = _largest(path)
    try:
        with path.open("rb") as handle:
            data = handle.read(limit + 1)
    except OSError as error:
        notes.add("file.unreadable", f"cannot be read: {error.strerror}", "check the file's rights", file=path.name)
        return None
    for beginning, what, remedy in _FORMATS:
        if data.startswith(beginning):
            notes.add("file.format", f"is {what} under the name of a text file", remedy, file=path.name)
            return None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        notes.add("text.encoding", "is UTF-16, not UTF-8", "save it again as UTF-8", file=path.name, where="byte 1")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        notes.add(
            "text.encoding",
            f"is not UTF-8: byte {error.start + 1:,} is 0x{data[error.start]:02x}{_readings(data, error.start)}",
            "save it again as UTF-8 (in a spreadsheet: “CSV UTF-8”)",
            file=path.name,
            where=f"line {line}",
        )
        return None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        notes.add("text.nul", "holds zero bytes", "restore the file from a copy", file=path.name, where=f"line {line}")
        return None
    if not text.strip():
        notes.add("file.empty", "holds only blanks", "fill it, or start from `letup new`", file=path.name)
        return None
    return text


#: What spreadsheets write where they do not write UTF-8, by the language of the system.
_SYSTEMS = {"windows-1256": "Arabic", "windows-1252": "western", "windows-1251": "Cyrillic"}


def _readings(data: bytes, at: int) -> str:
    """How the word at a byte would read as what old spreadsheets write, so that its reader knows which it is."""
    start, end = at, at
    while start > 0 and at - start < 20 and data[start - 1] not in b' ,;\t\r\n"':
        start -= 1
    while end < len(data) and end - at < 20 and data[end] not in b' ,;\t\r\n"':
        end += 1
    words = {name: data[start:end].decode(name, "replace") for name in _SYSTEMS}
    good = [f"“{word}” in {_SYSTEMS[name]} Windows" for name, word in words.items() if word.isprintable()]
    return f"; the word there would be {', '.join(good)}" if good and "\ufffd" not in "".join(words.values()) else ""
