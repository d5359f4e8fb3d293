"""statements.csv: the positions of the raw tables, the vote of 27 October, and terms that a party itself reported."""

from __future__ import annotations

from typing import Any

from gaza.citations import position
from gaza.raw_tables import read_table, row

COLUMNS = [
    "date", "party", "speaker", "issue", "position", "stance", "address", "basis", "source", "note", "stance_basis",
    "stance_note",
]  # fmt: skip

#: Parties by their name in the raw table; those who do not speak for it are parties of their own.
_PARTIES = {
    "Canada": "canada", "EU": "european-union", "Egypt": "egypt", "France": "france", "G7": "g7", "Hamas": "hamas",
    "ICRC": "icrc", "Israel": "israel", "Jordan": "jordan", "Palestinian Authority": "palestinian-authority",
    "Qatar": "qatar", "Saudi Arabia": "saudi-arabia", "UAE": "united-arab-emirates",
    "United Kingdom": "united-kingdom", "United Nations": "united-nations", "United States": "united-states",
    "United States (Congress)": "us-congress",
}  # fmt: skip
_APART = {"P27": "hostage-families", "P39": "israel-coalition", "P40": "israel-coalition"}

#: Issues by their name in the raw table. Its stance is towards humanitarian pauses, so what is about a ceasefire, the
#: time after the war or nothing in particular says something of a pause at all.
_ISSUES = {
    "pause_length": "days", "pause_area": "zones", "aid_trucks": "trucks", "fuel": "fuel",
    "hostages_release_condition": "captives", "crossing_opening": "crossings", "monitoring": "monitoring",
    "displacement_permanent": "displacement", "airstrike_limits_south": "south", "evacuation_voluntary": "corridors",
    "ceasefire": "pause", "regroup_risk": "pause", "occupation_permanent": "pause", "other": "pause",
}  # fmt: skip
_MORE = {"P19": "return", "P28": "window", "P34": "window", "P45": "return", "P82": "window"}

_CODER = (
    "Stance towards humanitarian pauses as such, by one reader without a second: 2 asks for or grants them, 1 helps or "
    "asks for more, 0 silent or mixed, -1 sets conditions, -2 refuses"
)
_OURS = "Read from the term by letup: 2 asks for or grants it, -1 sets limits; no second reader"

#: Votes of parties, by country code.
_VOTES = {
    "CAN": "canada", "EGY": "egypt", "FRA": "france", "GBR": "united-kingdom", "IRN": "iran", "ISR": "israel",
    "JOR": "jordan", "QAT": "qatar", "SAU": "saudi-arabia", "ARE": "united-arab-emirates", "USA": "united-states",
}  # fmt: skip
_VOTED = {
    "Y": ("Votes for resolution ES-10/21, which asks for a humanitarian truce at once that lasts", 1),
    "N": ("Votes against resolution ES-10/21, which asks for a humanitarian truce at once that lasts", -1),
    "A": ("Abstains on resolution ES-10/21, which asks for a humanitarian truce at once that lasts", 0),
}
_VOTE_NOTE = (
    "From the vote by rule: for 1 (it asks for more than a pause), abstaining 0, against -1. A vote is on a whole "
    "text and says little of a pause by itself"
)

#: Terms of the agreement that say what one party reported: item, party, speaker, issue, position, stance.
_TERMS = (
    ("air_halt_south", "hamas", "Hamas, statement of the movement", "flights",
     "No flights over the south during the four days", 2),
    ("air_halt_north", "hamas", "Hamas, statement of the movement", "flights",
     "No flights over the north for six hours a day, 10:00 to 16:00", 2),
    ("air_halt_drones", "israel", "Israeli officials", "flights",
     "Surveillance drones stay away for six hours on each day; no area is named", 1),
    ("release_ratio", "hamas", "Hamas, statement of the movement", "ratio",
     "Three prisoners for each captive", 2),
    ("extension_rule", "israel", "Government, cabinet decision", "extension",
     "A day more for each further ten captives", 1),
    ("ground_halt", "hamas", "Hamas, statement of the movement", "south",
     "All military action stops in all areas during the pause", 2),
    ("aid_to_north", "hamas", "Hamas, statement of the movement", "zones",
     "Aid goes to all regions, the north among them", 2),
    ("mediators", "qatar", "Foreign ministry", "monitoring",
     "Names Qatar, Egypt and the United States as mediators of the agreement", 2),
    ("resumption", "israel", "Government, cabinet decision", "after",
     "The war goes on after the pause", -1),
)  # fmt: skip


def statements() -> list[dict[str, Any]]:
    """Rows of statements.csv, oldest first."""
    rows = [_stated(item) for item in read_table("positions.csv")] + _votes() + [_term(*term) for term in _TERMS]
    return sorted(rows, key=lambda row: (row["date"], row["party"], row["source"]))


def _stated(item: dict[str, str]) -> dict[str, Any]:
    return {
        "date": item["date"],
        "party": _APART.get(item["id"], _PARTIES[item["party"]]),
        "speaker": f"{item['actor']}, {item['office']}",
        "issue": _MORE.get(item["id"], _ISSUES[item["issue"]]),
        "position": item["position_paraphrase"],
        "stance": int(item["stance"]),
        "address": item["url"],
        "basis": "observed",
        "source": position(item["id"]),
        "note": "; ".join(part for part in (item["note"], f"kind of source: {item['source_kind']}") if part),
        "stance_basis": "assumed",
        "stance_note": _CODER,
    }


def _votes() -> list[dict[str, Any]]:
    votes = {item["iso3"]: item["vote"] for item in read_table("unga_es10_21_votes.csv")}
    counts = {vote: sum(cast == vote for cast in votes.values()) for vote in "YNAX"}
    common: dict[str, Any] = {
        "date": "2023-10-27",
        "issue": "pause",
        "basis": "observed",
        "source": "unga-es-10-21",
        "address": "https://digitallibrary.un.org",
        "stance_basis": "assumed",
        "stance_note": _VOTE_NOTE,
    }
    rows = [
        common
        | {
            "party": party,
            "speaker": "Delegation to the United Nations, vote in the General Assembly",
            "position": _VOTED[votes[code]][0],
            "stance": _VOTED[votes[code]][1],
        }
        for code, party in _VOTES.items()
    ]
    total = (
        f"Adopts resolution ES-10/21, which asks for a humanitarian truce at once that lasts: {counts['Y']} for, "
        f"{counts['N']} against, {counts['A']} abstaining, {counts['X']} not voting"
    )
    assembly = {"party": "united-nations", "speaker": "General Assembly", "position": total, "stance": 1}
    return [*rows, common | assembly]


def _term(item: str, party: str, speaker: str, issue: str, words: str, stance: int) -> dict[str, Any]:
    term = row("agreement_2023-11-22.csv", kind="term", item=item)
    return {
        "date": term["date"][:10],
        "party": party,
        "speaker": speaker,
        "issue": issue,
        "position": words,
        "stance": stance,
        "address": term["url"],
        "basis": "observed",
        "source": f"agreement-{item}",
        "note": "; ".join(part for part in (term["note"], f"kind of source: {term['source_kind']}") if part),
        "stance_basis": "assumed",
        "stance_note": _OURS,
    }
