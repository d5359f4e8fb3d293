"""Break scenario folders in the ways that people, programs and disks do; the same seed breaks the same way."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

HUGE = (10**30, -(10**30), 1e308, 2**31, 2**63, 10**400, -1, 0, 0.5)
WORDS = (
    "", " ", "nan", "NaN", "inf", "-inf", "1e999", "3,5", "1.234,5", "10 000", "31°30'12\"N", "50%", "yes", "no",
    "true", "null", "-1", "0", "1e6", "99999999999999999999", "Ünïcødé", "غزة", "x" * 30_000, "a;b", "a\nb", "\ufeff",
    "=1+1", "2023-11-04", "2023-11-04T06:00", "06:00-05:00", "25:00-26:00", "\u202e", "'", '"', "{}", "[]", "- -",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    *WORDS,
    *HUGE,
    None,
    True,
    False,
    [],
    {},
    [[]],
    [1, 2, 3],
    {"a": 1},
    float("nan"),
    float("inf"),
)
JUNK = (
    '"', "{", "[", "}", ",", ";", "\t", "\x00", "\x07", "&a ", "*a", "!!python/object:os.system ", "---\n", "<<: ",
    "[" * 5000, "{a: " * 3000, "9" * 6000, "\u2028", "\r",
)  # fmt: skip


class Mutator:
    """Breaks one copy of a scenario folder, once or a few times."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.done: list[str] = []

    def break_folder(self, folder: Path) -> list[str]:
        """Apply one to three mutations and return what was done."""
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            mutation = self.random.choice(MUTATIONS)
            try:
                path = self._pick(folder, mutation)
                if path is None:
                    continue
                mutation(self, path)
                self.done.append(f"{mutation.__name__} {path.name}")
            except (
                UnicodeDecodeError,
                ValueError,
                KeyError,
                IndexError,
                TypeError,
                AttributeError,
                csv.Error,
                RecursionError,
            ):
                continue  # an earlier mutation left nothing that this one could break
        return self.done

    def _pick(self, folder: Path, mutation: Callable[..., None]) -> Path | None:
        suffixes = _SUFFIXES.get(mutation.__name__)
        paths = sorted(p for p in folder.glob("[!.]*") if p.is_file() and p.stat().st_size < 10**8)
        paths = [p for p in paths if suffixes is None or p.suffix in suffixes]
        return self.random.choice(paths) if paths else None

    def value(self) -> Any:
        return self.random.choice(VALUES)


def flip_bytes(m: Mutator, path: Path) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(m.random.choice((1, 3, 50))):
        data[m.random.randrange(len(data))] = m.random.randrange(256)
    path.write_bytes(data)


def cut_off(m: Mutator, path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: m.random.randrange(len(data))])


def empty(m: Mutator, path: Path) -> None:
    path.write_bytes(m.random.choice((b"", b"\n", b"   ", b"\xef\xbb\xbf", b"\x00" * 100, b"{}", b"[]", b"null")))


def remove(m: Mutator, path: Path) -> None:
    path.unlink()


def rename(m: Mutator, path: Path) -> None:
    name = m.random.choice((path.stem + "s" + path.suffix, path.stem[:-1] + path.suffix, path.name.upper(), path.stem))
    path.rename(path.with_name(name))


def replace_by_folder(m: Mutator, path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_link(m: Mutator, path: Path) -> None:
    path.unlink()
    path.symlink_to(path if m.random.random() < 0.5 else path.with_name("nowhere"))


def replace_by_pipe(m: Mutator, path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def swap_files(m: Mutator, path: Path) -> None:
    other = m.random.choice(sorted(p for p in path.parent.glob("[!.]*") if p.is_file()))
    data = other.read_bytes()
    other.write_bytes(path.read_bytes())
    path.write_bytes(data)


def other_encoding(m: Mutator, path: Path) -> None:
    text = path.read_text("utf-8").replace("e", "é", 3)
    path.write_bytes(text.encode(m.random.choice(("utf-16", "latin-1", "cp1252", "utf-8-sig", "utf-32")), "replace"))


def change_lines(m: Mutator, path: Path) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    i = m.random.randrange(len(lines))
    action = m.random.choice(("double", "remove", "swap", "join", "indent"))
    if action == "double":
        lines.insert(i, lines[i])
    elif action == "remove":
        del lines[i]
    elif action == "swap":
        j = m.random.randrange(len(lines))
        lines[i], lines[j] = lines[j], lines[i]
    elif action == "join":
        lines[i] = lines[i].rstrip("\n")
    else:
        lines[i] = "   " + lines[i]
    path.write_text("".join(lines), "utf-8")


def insert_text(m: Mutator, path: Path) -> None:
    text = path.read_text("utf-8")
    i = m.random.randrange(len(text))
    junk = m.random.choice(JUNK)
    path.write_text(text[:i] + junk + text[i:], "utf-8")


def fill_up(m: Mutator, path: Path) -> None:
    """Two gigabytes of nothing, without using the disk."""
    with path.open("r+b") as handle:
        handle.truncate(2 * 10**9)


def deep(m: Mutator, path: Path) -> None:
    depth = m.random.choice((100, 100_000))
    path.write_text("[" * depth + "]" * m.random.choice((0, depth)), "utf-8")


def alias_bomb(m: Mutator, path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    path.write_text("\n".join(lines), "utf-8")


def break_cell(m: Mutator, path: Path) -> None:
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    i = m.random.randrange(len(rows))
    rows[i][m.random.randrange(len(rows[i]))] = _cell(m)
    _save_rows(path, rows)


def break_column(m: Mutator, path: Path) -> None:
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    j = m.random.randrange(len(rows[0]))
    action = m.random.choice(("drop", "rename", "fill", "double", "swap"))
    for i, row in enumerate(rows):
        if action == "drop":
            del row[j]
        elif action == "rename" and i == 0:
            row[j] = m.random.choice((row[j] + "s", row[j].upper(), row[j][:-1], "", " " + row[j]))
        elif action == "fill" and i:
            row[j] = _cell(m)
        elif action == "double":
            row.append(row[j])
        elif action == "swap" and i:
            row[j], row[j - 1] = row[j - 1], row[j]
    _save_rows(path, rows)


def ragged(m: Mutator, path: Path) -> None:
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    row = m.random.choice(rows)
    if m.random.random() < 0.5:
        row.extend(["x"] * m.random.choice((1, 100)))
    else:
        row.pop()
    _save_rows(path, rows)


def other_separator(m: Mutator, path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace(",", m.random.choice((";", "\t", "|"))), "utf-8")


def break_property(m: Mutator, path: Path) -> None:
    layer = json.loads(path.read_text("utf-8"))
    properties = m.random.choice(layer["features"])["properties"]
    key = m.random.choice(sorted(properties))
    action = m.random.choice(("set", "set", "drop", "rename"))
    if action == "set":
        properties[key] = m.value()
    elif action == "drop":
        del properties[key]
    else:
        properties[key + "s"] = properties.pop(key)
    _save_json(path, layer)


def break_property_everywhere(m: Mutator, path: Path) -> None:
    layer = json.loads(path.read_text("utf-8"))
    key = m.random.choice(sorted(layer["features"][0]["properties"]))
    value = m.value()
    for feature in layer["features"]:
        feature["properties"][key] = value
    _save_json(path, layer)


def break_feature(m: Mutator, path: Path) -> None:
    layer = json.loads(path.read_text("utf-8"))
    features = layer["features"]
    i = m.random.randrange(len(features))
    action = m.random.choice(("double", "drop", "replace", "geometry", "type", "all", "members"))
    if action == "double":
        features.append(features[i])
    elif action == "drop":
        del features[i]
    elif action == "replace":
        features[i] = m.value()
    elif action == "geometry":
        features[i]["geometry"] = m.value()
    elif action == "type":
        kinds = ("Point", "LineString", "Polygon", "MultiPoint", "GeometryCollection", "Circle", 5)
        features[i]["geometry"]["type"] = m.random.choice(kinds)
    elif action == "all":
        layer["features"] = m.random.choice(([], None, {}, features[:1], features * 2))
    else:
        layer[m.random.choice(("type", "features", "crs"))] = m.value()
    _save_json(path, layer)


def break_coordinate(m: Mutator, path: Path) -> None:
    layer = json.loads(path.read_text("utf-8"))
    position = m.random.choice(list(_positions(m.random.choice(layer["features"])["geometry"]["coordinates"])))
    action = m.random.choice(("set", "nudge", "swap", "append", "pop", "negate"))
    if action == "set":
        position[m.random.randrange(2)] = m.value()
    elif action == "nudge":
        position[m.random.randrange(2)] += m.random.choice((1e-9, 0.001, 0.1, 5, 90, 1000))
    elif action == "swap":
        position.reverse()
    elif action == "append":
        position.append(m.value())
    elif action == "pop":
        position.pop()
    else:
        position[m.random.randrange(2)] *= -1
    _save_json(path, layer)


def swap_axes(m: Mutator, path: Path) -> None:
    layer = json.loads(path.read_text("utf-8"))
    features = layer["features"] if m.random.random() < 0.5 else [m.random.choice(layer["features"])]
    for feature in features:
        for position in _positions(feature["geometry"]["coordinates"]):
            position.reverse()
    _save_json(path, layer)


def move_layer(m: Mutator, path: Path) -> None:
    layer = json.loads(path.read_text("utf-8"))
    east, factor = m.random.choice((0, 0.01, 0.5, 30)), m.random.choice((1, 1.02, 10, 111_000, 0))
    for feature in layer["features"]:
        for position in _positions(feature["geometry"]["coordinates"]):
            position[0], position[1] = position[0] * factor + east, position[1] * factor
    _save_json(path, layer)


def shuffle_vertices(m: Mutator, path: Path) -> None:
    layer = json.loads(path.read_text("utf-8"))
    coordinates = m.random.choice(layer["features"])["geometry"]["coordinates"]
    while isinstance(coordinates[0][0], list):
        coordinates = coordinates[0]
    m.random.shuffle(coordinates)
    _save_json(path, layer)


def break_setting(m: Mutator, path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    i = m.random.choice([i for i, line in enumerate(lines) if ":" in line and not line.lstrip().startswith("#")])
    key, _, value = lines[i].partition(":")
    action = m.random.choice(("set", "set", "set", "key", "drop", "double"))
    if action == "set":
        lines[i] = f"{key}: {m.random.choice((m.value(), json.dumps(m.value(), default=str)))}"
    elif action == "key":
        lines[i] = f"{key}s:{value}"
    elif action == "drop":
        del lines[i]
    else:
        lines.insert(i, lines[i])
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _cell(m: Mutator) -> str:
    value = m.value()
    return (
        value if isinstance(value, str) else str(value) if not isinstance(value, int) or value < 10**40 else "9" * 5000
    )


def _positions(coordinates: Any) -> Any:
    if coordinates and not isinstance(coordinates[0], list):
        yield coordinates
    else:
        for part in coordinates:
            yield from _positions(part)


def _save_rows(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)


def _save_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


_TABLE_ONLY = ("break_cell", "break_column", "ragged", "other_separator")
_LAYER_ONLY = ("break_property", "break_property_everywhere", "break_feature", "break_coordinate", "swap_axes")
_LAYER_ONLY += ("move_layer", "shuffle_vertices")
_SUFFIXES = {
    **dict.fromkeys(_TABLE_ONLY, (".csv",)),
    **dict.fromkeys(_LAYER_ONLY, (".geojson",)),
    "break_setting": (".yaml",),
    "alias_bomb": (".yaml",),
    "deep": (".yaml", ".geojson"),
}

_COMMON = (
    break_cell,
    break_column,
    break_property,
    break_feature,
    break_coordinate,
    break_setting,
    flip_bytes,
    cut_off,
)
_FILES = (empty, remove, rename, replace_by_folder, replace_by_link, replace_by_pipe, swap_files, fill_up)
_TEXTS = (
    other_encoding,
    change_lines,
    change_lines,
    insert_text,
    insert_text,
    deep,
    alias_bomb,
    ragged,
    other_separator,
)
_LAYERS = (break_property_everywhere, swap_axes, move_layer, shuffle_vertices)
MUTATIONS: tuple[Callable[[Mutator, Path], None], ...] = (*_COMMON, *_COMMON, *_COMMON, *_FILES, *_TEXTS, *_LAYERS)


def broken_copy(source: Path, target: Path, seed: int) -> list[str]:
    """Copy a scenario folder and break the copy.

    Parameters
    ----------
    source, target : Path
        A good scenario, and where its copy goes.
    seed : int
        The same seed breaks the same way.

    Returns
    -------
    list of str
        What was done; empty if nothing could be.
    """
    shutil.copytree(source, target)
    return Mutator(seed).break_folder(target)
