"""The one registry of codes: every finding and every error, with its severity, its meaning and the rule it rests on.

The table `codes.csv` beside this file is the single source; the page of codes is made from it, and a test fails where
a code is used that does not stand in it. Codes do not change between versions.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

TITLES = {
    "plan": "On a plan",
    "pauses by hand": "On pauses given by hand",
    "verify": "On verifying a plan",
    "assessment": "On an assessment",
    "deliveries": "On deliveries",
    "convoys": "On convoys and the movement of patients",
    "scenario": "On a scenario",
    "roads": "On the roads of a scenario",
    "import": "On an import",
    "command": "Errors that end a command",
}
"""Sections of the registry, in the order of the page."""

_ABOUT = {
    "plan": "Every plan is checked against these rules. A finding says *flag* where a decision is asked for and "
    "*check* where something has to be looked up on the ground; none says that a plan is lawful, which no program can.",
    "command": "The command prints the code with what is wrong and what to do, and ends with an "
    "[exit code](README.md#exit-codes): 3 for `pauses.none`, `plan.no_way` and `plan.nobody`, 4 for `system.…` (2 for "
    "`system.refused`), 130 for `command.stopped` and `plan.stopped`, 2 for all others. Where a file is wrong, its "
    "findings stand in place of an error.",
}


@dataclass(frozen=True)
class Code:
    """One kind of finding or error.

    Attributes
    ----------
    section : str
        What it is about: a key of `TITLES`.
    code : str
        Stable code, such as ``"plan.voluntary"``.
    severity : str
        The worst severity that it has by itself: "error", "warning" or "note"; empty where each use says it.
    meaning : str
        What is the matter, or what is checked.
    rule : str
        The rule, standard or practice it rests on; empty for plain checks of data.
    """

    section: str
    code: str
    severity: str
    meaning: str
    rule: str


def _read() -> Mapping[str, Code]:
    with Path(__file__).with_name("codes.csv").open(encoding="utf-8", newline="") as file:
        codes = [Code(**row) for row in csv.DictReader(file)]
    return MappingProxyType({code.code: code for code in codes})


CODES = _read()
"""All codes, in the order of the page."""


def reference_page() -> str:
    """Text of ``docs/reference/findings.md``, Markdown: every code."""
    lines = [
        "# Findings and errors",
        "",
        "An error stops the work, a warning asks for a decision, a note informs. Codes do not change between versions.",
        "This page is made from the one registry of codes (`letup.core.codes`).",
    ]
    for section, title in TITLES.items():
        codes = [code for code in CODES.values() if code.section == section]
        with_rule, with_severity = any(code.rule for code in codes), section != "command" and codes[0].severity
        head = ["code", *(["severity at worst"] if with_severity else []), "what it means"]
        head += ["the rule it rests on"] if with_rule else []
        lines += ["", f"## {title}", ""]
        lines += [_ABOUT[section], ""] if section in _ABOUT else []
        lines += [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
        for code in codes:
            cells = [f"`{code.code}`", *([code.severity] if with_severity else []), code.meaning]
            cells += [code.rule] if with_rule else []
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
