# ruff: noqa: E501 - one entry to a line or two, to be read as a table
"""preferences.csv: what each party wanted on each issue. Directions rest on statements, sizes are assumed.

Everything rests on statements up to 20 November 2023, the day before the Israeli cabinet decided, so that a look back
can ask what could have been known then. Where nothing was said until then, the range is nearly the whole scale.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from gaza.citations import position
from gaza.raw_tables import row

COLUMNS = [
    "party", "issue", "weight", "weight_low", "weight_high", "worth", "least", "most", "never", "date", "basis",
    "source", "note", "least_basis", "least_note", "never_basis", "never_note",
]  # fmt: skip

LAST = date(2023, 11, 20)

_WIDE = "Nothing said on it by 20 November is in hand; which side it is worth more to is a guess, so the range is wide"

#: Party, issue, weight with its low and high end, worth, positions, why; and a red line with its reason.
_Row = (
    tuple[str, str, float, float, float, str, str, str]
    | tuple[str, str, float, float, float, str, str, str, dict[str, Any]]
)

_ISRAEL: tuple[_Row, ...] = (
    ("israel", "captives", 6, 4, 9, "0 = 0; 50 = 0.4..0.8; 240 = 1", "P25 P30 P31 P36",
     "Named before everything else in most of its statements",
     {"least": 1, "least_basis": "observed",
      "least_note": "No truce that leaves out the captives: said on 3, 7, 9 and 16 November; how many was not said"}),
    ("israel", "days", 3, 1, 5, "0 = 1; 1 = 0.7..0.95; 4 = 0.3..0.8; 7 = 0..0.5", "P28 P36",
     "Open to halts of about an hour; long pauses cannot be accepted while people are held"),
    ("israel", "window", 1, 0.5, 2, "0 = 1; 4 = 0.7..1; 8 = 0.6..0.9; 24 = 0..0.5", "P28 P34",
     "About an hour on 6 November, four to seven hours granted on 11 November"),
    ("israel", "zones", 2, 1, 3, "0 = 1; 10 = 0.6..0.9; 25 = 0..0.5", "P33 P34",
     "Local pauses only, in named places"),
    ("israel", "corridors", 0.5, 0.2, 1, "0 = 0..0.5; 1 = 0.8..1; 2 = 0.7..1", "P32 P34",
     "Grants passage to the south and asks people to leave the north"),
    ("israel", "fuel", 2, 1, 4, "0 = 1; 60000 = 0.3..0.8; 200000 = 0..0.4", "P26 P30 P38",
     "No fuel on 3 and 7 November; two tankers a day from 17 November"),
    ("israel", "trucks", 0.5, 0.2, 1.5, "0 = 0.3..1; 100 = 0.6..1; 300 = 0.2..0.8", "P23 P24",
     "Up to 100 a day agreed to on 30 October, inspected"),
    ("israel", "crossings", 0.5, 0.2, 1, "0 = 0.5..1; 1 = 0.7..1; 3 = 0..0.6", "P24",
     "Inspection of all aid; nothing was said on further crossings"),
    ("israel", "ratio", 2, 1, 4, "0 = 1; 10 = 0..0.3", "P31",
     "Captives first; no ratio was spoken of by 20 November. That prisoners released cost it something is assumed"),
    ("israel", "extension", 1, 0.3, 2, "0 = 0; 20 = 1", "P25 P31", "More captives for a day is more of what it asks for"),
    ("israel", "flights", 1, 0.3, 3, "0 = 1; 24 = 0..0.5", "", _WIDE),
    ("israel", "south", 1, 0.3, 2, "none = 0.7..1; refuges = 0.3..1; halt = 0..0.7", "P32 P41",
     "Fighting goes on at full force; people of Khan Yunis are asked to move again"),
    ("israel", "monitoring", 0.5, 0.1, 1, "none = 0.4..1; mediators = 0.4..1; observers = 0..0.8", "", _WIDE),
    ("israel", "return", 1.5, 0.5, 3, "yes = 0..0.4; no = 1", "P32", "Asks people to leave the north"),
    ("israel", "displacement", 0.5, 0.1, 1, "yes = 0.3..1; no = 0.5..1", "P33", "Corridors are for moving for a time"),
    ("israel", "after", 3, 1, 5, "resumes = 1; talks = 0.2..0.7; ceasefire = 0", "P25 P28 P30 P32",
     "No general ceasefire, in every statement",
     {"never": "ceasefire", "never_basis": "observed",
      "never_note": "No general ceasefire: said on 3, 6, 7 and 9 November"}),
)  # fmt: skip

_HAMAS: tuple[_Row, ...] = (
    ("hamas", "captives", 3, 2, 5, "0 = 1; 70 = 0.3..0.7; 240 = 0", "P11 P15",
     "Up to 70 women and children offered on 13 November for five days"),
    ("hamas", "days", 4, 2, 6, "0 = 0; 1 = 0.1..0.4; 5 = 0.6..1; 7 = 1", "P12 P13 P15",
     "A stop of the attack first; five days asked for on 13 November"),
    ("hamas", "window", 2, 1, 4, "0 = 0; 8 = 0.1..0.5; 24 = 1", "P15", "A full truce, not hours"),
    ("hamas", "zones", 2, 1, 3, "0 = 0; 10 = 0.1..0.5; 25 = 1", "P15", "Aid everywhere"),
    ("hamas", "corridors", 0.3, 0, 1, "0 = 0..1; 2 = 0..1", "", _WIDE),
    ("hamas", "fuel", 1.5, 0.5, 3, "0 = 0; 60000 = 0.2..0.6; 200000 = 1", "P12",
     "Crossings opened; fuel by itself was not spoken of"),
    ("hamas", "trucks", 2, 1, 3, "0 = 0; 100 = 0.2..0.6; 300 = 1", "P12 P15", "Crossings opened, aid everywhere"),
    ("hamas", "crossings", 1.5, 0.5, 3, "0 = 0; 1 = 0.2..0.6; 3 = 1", "P12 P13 P14",
     "Crossings opened, Rafah in both directions, the wounded let out"),
    ("hamas", "ratio", 3, 1, 5, "0 = 0; 3 = 0.3..0.8; 10 = 1", "P12 P13", "An exchange of prisoners, without a ratio"),
    ("hamas", "extension", 1, 0.3, 2, "0 = 1; 20 = 0", "P15", "Fewer captives for a day is less of what it gives"),
    ("hamas", "flights", 1, 0.3, 3, "0 = 0..0.4; 24 = 1", "", _WIDE),
    ("hamas", "south", 2, 1, 3, "none = 0; refuges = 0.2..0.7; halt = 1", "P12 P15", "A stop of the attack"),
    ("hamas", "monitoring", 0.5, 0.1, 1, "none = 0..1; mediators = 0..1; observers = 0..1", "", _WIDE),
    ("hamas", "return", 1, 0.3, 2, "yes = 1; no = 0..0.5", "", _WIDE),
    ("hamas", "displacement", 1, 0.3, 2, "yes = 1; no = 0..0.6", "P12", "A political horizon to a state is asked for"),
    ("hamas", "after", 3, 1, 5, "resumes = 0..0.2; talks = 0.3..0.8; ceasefire = 1", "P12 P13",
     "An end of the attack; a ceasefire was named as needed for any exchange on 1 November, five days of truce on 13 "
     "November, so that it is no red line"),
)  # fmt: skip

_OTHERS: tuple[_Row, ...] = (
    ("egypt", "trucks", 3, 1, 4, "0 = 0; 100 = 0.2..0.6; 300 = 1", "P06", "Aid safely and fast"),
    ("egypt", "fuel", 2, 1, 3, "0 = 0; 100000 = 0.4..0.8; 200000 = 1", "P06", "Aid safely and fast; fuel is a part of it"),
    ("egypt", "crossings", 1, 0.3, 3, "0 = 0; 1 = 0.3..0.8; 3 = 0.8..1", "P06", "Aid should not be hindered"),
    ("egypt", "days", 2, 1, 4, "0 = 0; 7 = 1", "P05", "An immediate ceasefire"),
    ("egypt", "after", 2, 1, 4, "resumes = 0..0.3; talks = 0.4..0.8; ceasefire = 1", "P05", "An immediate ceasefire"),
    ("united-nations", "days", 3, 1, 4, "0 = 0; 7 = 1", "P60 P66", "Extended pauses for enough days"),
    ("united-nations", "fuel", 3, 1, 4, "0 = 0; 160000 = 0.9..1; 200000 = 1", "P62 P64", "160,000 litres a day"),
    ("united-nations", "trucks", 2, 1, 4, "0 = 0; 300 = 1", "P59 P62", "Far too little so far; a much larger scale"),
    ("united-nations", "crossings", 2, 1, 3, "0 = 0; 1 = 0.2..0.5; 2 = 0.7..1; 3 = 1", "P65", "Kerem Shalom, too"),
    ("united-nations", "captives", 2, 1, 4, "0 = 0; 240 = 1", "P59 P60", "Release of all, without conditions"),
    ("united-nations", "monitoring", 1, 0.5, 2, "none = 0; mediators = 0.3..0.8; observers = 0.7..1", "P63",
     "Time and place agreed with it; by whom pauses are watched it did not say"),
    ("united-nations", "notice", 0.5, 0.2, 1, "0 = 0..0.3; 3 = 0.2..0.6; 24 = 1", "P63",
     "Time and place agreed beforehand"),
    ("united-states", "captives", 4, 2, 6, "0 = 0; 50 = 0.4..0.7; 240 = 1", "P70 P88", "Time to get the captives out"),
    ("united-states", "days", 2, 1, 4, "0 = 0; 3 = 0.6..0.9; 7 = 0.8..1", "P84", "Much more than three days"),
    ("united-states", "trucks", 2, 1, 3, "0 = 0; 150 = 0.8..1; 300 = 1", "P69 P83", "100, later 150 a day"),
    ("united-states", "fuel", 1, 0.5, 2, "0 = 0; 60000 = 0.5..0.9; 200000 = 0.7..1", "P38 P75",
     "Asked for fuel for water, sewage and hospitals"),
    ("united-states", "zones", 1, 0.3, 2, "0 = 0; 10 = 0.6..1; 25 = 0.4..1", "P71 P82", "One area, a limited time"),
    ("united-states", "south", 1, 0.5, 2, "none = 0; refuges = 0.7..1; halt = 0.5..1", "P89", "Refuges by name first"),
    ("united-states", "displacement", 1, 0.5, 2, "yes = 1; no = 0", "P78 P81", "No forced displacement"),
    ("united-states", "after", 2, 1, 4, "resumes = 0.6..1; talks = 0.5..1; ceasefire = 0..0.3", "P73 P76 P85",
     "For pauses, against a general ceasefire"),
    ("qatar", "captives", 3, 1, 5, "0 = 0; 50 = 0.4..0.8; 240 = 1", "P51", "An agreement on the hostages is near"),
    ("qatar", "days", 3, 1, 5, "0 = 0; 4 = 0.5..0.8; 7 = 1", "P51", "A pause goes with the release"),
    ("hostage-families", "captives", 5, 3, 8, "0 = 0; 50 = 0.1..0.5; 240 = 1", "P27", "No ceasefire without the hostages",
     {"least": 1, "least_basis": "observed", "least_note": "No ceasefire without the hostages: said on 3 November"}),
    ("israel-coalition", "fuel", 3, 1, 5, "0 = 1; 60000 = 0..0.2; 200000 = 0", "P39 P40", "No fuel; stop it at once"),
    ("us-congress", "days", 2, 1, 4, "0 = 0; 4 = 0.5..1; 7 = 0.8..1", "P90 P91", "A short stop, by some a ceasefire"),
    ("jordan", "displacement", 3, 1, 5, "yes = 1; no = 0", "P47", "No displacement"),
    ("jordan", "after", 2, 1, 4, "resumes = 0; talks = 0.3..0.7; ceasefire = 1", "P46", "An immediate ceasefire"),
    ("european-union", "days", 2, 1, 4, "0 = 0; 7 = 1", "P02 P04", "Several pauses, not one"),
    ("european-union", "crossings", 1, 0.5, 2, "0 = 0; 1 = 0.2..0.6; 3 = 1", "P03", "More capacity at crossings"),
    ("icrc", "monitoring", 2, 1, 4, "none = 0; mediators = 0.5..1; observers = 0.5..1", "P21 P22",
     "Terms that both parties accept"),
)  # fmt: skip


def preferences() -> list[dict[str, Any]]:
    """Rows of preferences.csv."""
    return [_preference(*entry) for entry in (*_ISRAEL, *_HAMAS, *_OTHERS)]


def _preference(
    party: str,
    issue: str,
    weight: float,
    low: float,
    high: float,
    worth: str,
    positions: str,
    why: str,
    line: dict[str, Any] | None = None,
) -> dict[str, Any]:
    numbers = positions.split()
    days = [date.fromisoformat(row("positions.csv", id=number)["date"]) for number in numbers]
    late = [number for number, day in zip(numbers, days, strict=True) if day > LAST]
    if late:
        raise ValueError(f"{party}, {issue}: {late} are later than {LAST}")
    sizes = "Weight and worth are assumed, in this range: no source gives either"
    return {
        "party": party,
        "issue": issue,
        "weight": weight,
        "weight_low": low,
        "weight_high": high,
        "worth": worth,
        "date": max(days).isoformat() if days else "",
        "basis": "assumed",
        "source": ";".join(position(number) for number in numbers),
        "note": f"{why}. {sizes}",
    } | ({} if line is None else line)
