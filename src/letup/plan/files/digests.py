"""Digests by field and row, so that a change is not only noticed but located."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def short(value: object) -> str:
    """First 12 hexadecimal digits of the SHA-256 of a value in canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def fields(document: dict[str, Any]) -> dict[str, str]:
    """Digest of every field of plan.json, by its path such as ``pauses[3].hours``."""
    return {path: short(value) for path, value in leaves({k: v for k, v in document.items() if k != "digests"})}


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """All plain values in nested mappings and lists, with their paths; empty ones count as values."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for i, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{i}]")
    else:
        yield path, value


def of_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_folder(folder: Path) -> dict[str, str]:
    """SHA-256 of each file under a folder, by relative path."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): of_file(p) for p in files}
