"""What was counted, read from data-sources/gaza, each figure with whoever published it."""

from __future__ import annotations

from dataclasses import dataclass

from gaza.raw_tables import read_table, row


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
    trucks: dict[str, int] = {}
    for entry in read_table("aid_trucks_daily.csv"):
        if first <= entry["date"] <= last:
            trucks[entry["date"]] = trucks.get(entry["date"], 0) + int(entry["trucks"])
    return trucks


def flow(date: str, measure: str) -> Count:
    """One figure of observed_flows.csv."""
    entry = row("observed_flows.csv", date=date, measure=measure)
    return Count(float(entry["value"]), entry["publisher"], entry["url"])


def term(item: str, kind: str = "term", date: str = "") -> Count:
    """One figure of agreement_2023-11-22.csv; the first of its name if no date is given."""
    entry = next(
        entry
        for entry in read_table("agreement_2023-11-22.csv")
        if entry["kind"] == kind and entry["item"] == item and entry["date"].startswith(date)
    )
    speaker = entry["attributed_to"]
    publisher = entry["publisher"] if speaker in ("", "see publisher") else f"{speaker}, by {entry['publisher']}"
    return Count(float(entry["value"]), publisher, entry["url"])


def fact(measure: str, date: str = "") -> Count:
    """One figure of facts.csv; the first of its name if no date is given."""
    entry = next(
        entry for entry in read_table("facts.csv") if entry["measure"] == measure and entry["as_of"].startswith(date)
    )
    publisher = f"worked out: {entry['attributed_to']}" if entry["basis"] == "derived" else entry["publisher"]
    return Count(float(entry["value"]), publisher, entry["url"])
