"""A finding: one result of a check, on a scenario or on a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from letup.core.codes import CODES

Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One result of a check: severity, where, what, and the rule it rests on.

    Attributes
    ----------
    code : str
        Stable code, such as ``"zones.overlap"``: what is checked, dot, what is wrong.
    severity : {"error", "warning", "note"}
        An error stops the work, a warning asks for a decision, a note informs.
    message : str
        What is the matter, in one line.
    remedy : str
        What to do about it, in one line.
    file : str
        File the finding is about, relative to the scenario or plan folder; empty if none.
    where : str
        Row, feature, zone, movement or key within the file, such as ``"row 3"`` or ``"zone gaza"``.
    column : str
        Column or attribute; empty if none.
    rule : str
        The rule, standard or article it rests on, with its citation; empty for plain data errors.
    """

    code: str
    severity: Severity
    message: str
    remedy: str = ""
    file: str = ""
    where: str = ""
    column: str = ""
    rule: str = ""

    @property
    def place(self) -> str:
        """File, row and column in one phrase."""
        return ", ".join(part for part in (self.file, self.where, self.column and f"column {self.column}") if part)


def worst_first(findings: list[Finding]) -> list[Finding]:
    """Order findings by severity, keeping the order within one severity."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def finding(code: str, message: str, remedy: str = "", *, severity: Severity | None = None, **place: str) -> Finding:
    """Make a finding with the severity and the rule that its code has in the registry.

    Parameters
    ----------
    code : str
        A code of `letup.core.codes.CODES`.
    message, remedy : str
        What is the matter, and what to do.
    severity : Severity, optional
        In place of that of the registry.
    **place : str
        ``file``, ``where`` and ``column``.
    """
    known = CODES[code]
    return Finding(code, severity or cast(Severity, known.severity), message, remedy, rule=known.rule, **place)
