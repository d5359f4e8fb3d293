"""What was recomputed of a written plan, and what of it does not hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from letup.core.findings import Finding
from letup.plan.model import Plan
from letup.tables import Codes, Schema, read_rows

PLAN = "plan.json"
CODES = Codes(file="verify.file", columns="verify.columns", row="verify.row", value="verify.value")
"""Codes of what is wrong with a table of a plan."""


@dataclass
class Verification:
    """What was recomputed, and what does not hold.

    Attributes
    ----------
    checks : list of (str, int)
        What was recomputed, and how many times.
    problems : list of Finding
        What does not hold: file, row or field, and why.
    plan : Plan or None
        The plan as its files say it; None where they could not be read as a whole.
    """

    checks: list[tuple[str, int]] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    plan: Plan | None = field(default=None, repr=False)

    @property
    def holds(self) -> bool:
        """Whether everything holds."""
        return not self.problems

    def done(self, what: str, count: int) -> None:
        """Note that something was recomputed."""
        self.checks.append((what, count))

    def wrong(self, code: str, file: str, where: str, message: str, column: str = "") -> None:
        """Note that something does not hold."""
        self.problems.append(Finding(f"verify.{code}", "error", message, "", file=file, where=where, column=column))

    def rows(self, folder: Path, schema: Schema) -> list[dict[str, Any]] | None:
        """Rows of a table in the plan's folder, typed; None, with what is wrong noted, if they cannot be read."""
        rows, findings = read_rows(folder / schema.name, schema, CODES)
        self.problems += findings
        return rows

    def same(self, file: str, where: str, written: object, computed: object, unit: str = "") -> None:
        """Note a problem unless a written value is what was computed."""
        if isinstance(written, float) or isinstance(computed, float):
            equal = (
                isinstance(written, (int, float))
                and isinstance(computed, (int, float))
                and abs(written - computed) <= 1e-9 * max(1.0, abs(computed))
            )
        else:
            equal = written == computed
        if not equal:
            self.wrong("value", file, where, f"is {written!r}, recomputed {computed!r}" + (f" {unit}" if unit else ""))

    def same_part(self, file: str, where: str, written: Any, computed: Any) -> None:
        """Note each difference between two trees of plain values, field by field; times are compared as moments."""
        if isinstance(written, dict) and isinstance(computed, dict):
            for key in written:
                self.same_part(file, f"{where}.{key}", written[key], computed.get(key))
        elif isinstance(written, (list, tuple)) and isinstance(computed, (list, tuple)):
            if len(written) != len(computed):
                self.wrong("value", file, where, f"has {len(written)} entries, recomputed {len(computed)}")
            for i, (part, other) in enumerate(zip(written, computed, strict=False)):
                self.same_part(file, f"{where}[{i}]", part, other)
        elif isinstance(written, str) and isinstance(computed, str) and _moment(written) is not None:
            self.same(file, where, _moment(written), _moment(computed))
        else:
            self.same(file, where, written, computed)


def _moment(text: str) -> pd.Timestamp | None:
    """The moment that a text stands for, if it is one."""
    if len(text) < 16 or text[4:5] != "-" or "T" not in text:
        return None
    try:
        return pd.Timestamp(text)
    except ValueError:
        return None
