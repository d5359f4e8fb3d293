"""What was counted, read from data-sources/gaza, each figure with whoever published it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

RAW = Path(__file__).resolve().parents[2] / "data-sources" / "gaza"


@dataclass(frozen=True)
class Count:
    """A figure: its value, who published it, and where."""

    value: float
    publisher: str
    address: str

    @property
    def link(self) -> str:
        """Publisher and address in Markdown."""
        return f"[{self.publisher}]({self.address})" if self.address else self.publisher


def trucks_by_day(first: str, last: str) -> dict[str, int]:
    """Trucks that came in on each day with any, fuel left out: daily sums of UNRWA's list."""
    found: dict[str, int] = {}
    for row in _rows("aid_trucks_daily.csv"):
        if first <= row["date"] <= last:
            found[row["date"]] = found.get(row["date"], 0) + int(row["trucks"])
    return found


def flow(date: str, measure: str) -> Count:
    """One figure of observed_flows.csv."""
    row = next(one for one in _rows("observed_flows.csv") if (one["date"], one["measure"]) == (date, measure))
    return Count(float(row["value"]), row["publisher"], row["url"])


def term(item: str, kind: str = "term", date: str = "") -> Count:
    """One figure of agreement_2023-11-22.csv; the first of its name if no date is given."""
    row = next(
        one
        for one in _rows("agreement_2023-11-22.csv")
        if one["kind"] == kind and one["item"] == item and one["date"].startswith(date)
    )
    said = row["attributed_to"]
    who = row["publisher"] if said in ("", "see publisher") else f"{said}, by {row['publisher']}"
    return Count(float(row["value"]), who, row["url"])


def fact(measure: str, date: str = "") -> Count:
    """One figure of facts.csv; the first of its name if no date is given."""
    row = next(one for one in _rows("facts.csv") if one["measure"] == measure and one["as_of"].startswith(date))
    who = f"worked out: {row['attributed_to']}" if row["basis"] == "derived" else row["publisher"]
    return Count(float(row["value"]), who, row["url"])


def _rows(name: str) -> list[dict[str, str]]:
    with (RAW / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
