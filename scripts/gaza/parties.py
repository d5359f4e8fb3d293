# ruff: noqa: E501 - one entry to a line or two, to be read as a table
"""parties.yaml, influences.csv and concessions.csv: who decides, who moves whom, and what is asked of each."""

from __future__ import annotations

from typing import Any

from gaza import settings
from gaza.citations import position
from gaza.zones import Zone

INFLUENCE_COLUMNS = ["from", "to", "kind", "strength", "strength_low", "strength_high", "basis", "source", "note"]
CONCESSION_COLUMNS = ["party", "zone", "issue", "cost", "cost_low", "cost_high", "unit", "basis", "source", "note"]

_NO_SOURCE = (
    "No source says what the party has without an agreement; the middle of the scale is taken, with a wide range"
)

#: What is added to parties of `settings.parties`: name in Arabic, kind, reservation with its range, unit, issues.
_DECIDES: dict[str, dict[str, Any]] = {
    "israel": {
        "name_ar": "إسرائيل",
        "reservation": 0.5, "reservation_low": 0.3, "reservation_high": 0.7,
        "concession_unit": "zone-hours",
    },
    "hamas": {
        "name_ar": "حماس",
        "reservation": 0.4, "reservation_low": 0.2, "reservation_high": 0.6,
        "concession_unit": "zone-hours",
    },
}  # fmt: skip

_EGYPT: dict[str, Any] = {
    "id": "egypt",
    "name": "Egypt",
    "name_ar": "مصر",
    "wants": ["an immediate ceasefire without conditions", "aid that arrives safely and fast"],
    "consents_to": [],
    "consents_to_issues": ["trucks", "fuel", "crossings"],
    "reservation": 0.3,
    "reservation_low": 0.1,
    "reservation_high": 0.5,
    "basis": "observed",
    "source": position("P06"),
    "note": "Statements of 4 and 24 November 2023; also position-p05, position-p07. What goes through Rafah goes "
    "through its territory: that its consent is needed for aid, fuel and crossings only is an assumption",
    "reservation_basis": "assumed",
    "reservation_note": _NO_SOURCE,
}

#: Parties that move others: id, name, Arabic name, what they want, the position it rests on, a remark.
_INFLUENCE: tuple[tuple[str, str, str, list[str], str, str], ...] = (
    ("hostage-families", "Families of the hostages", "عائلات الرهائن", ["no ceasefire without the hostages"], "P27",
     "Statement of 3 November 2023"),
    ("israel-coalition", "Ministers of the Israeli coalition against concessions", "وزراء في الائتلاف يعارضون التنازلات",
     ["no fuel into the Gaza Strip", "visits of the Red Cross to the hostages first"], "P39",
     "Statements of 17 November 2023; also position-p40"),
    ("united-states", "United States", "الولايات المتحدة",
     ["pauses that are local and for a time", "release of the captives", "150 trucks of aid a day"], "P71",
     "Statements of 30 October to 19 November 2023; also position-p83, position-p84, position-p89"),
    ("us-congress", "Members of the United States Congress", "أعضاء في الكونغرس الأمريكي",
     ["a short stop of hostilities for aid, hostages and talks"], "P90", "Statements of 2 November 2023; also position-p91"),
    ("qatar", "Qatar", "قطر", ["an agreement on the hostages", "a lasting ceasefire"], "P51",
     "Statements of 19 and 23 November 2023; also position-p52"),
    ("icrc", "International Committee of the Red Cross", "اللجنة الدولية للصليب الأحمر",
     ["terms that let it reach the hostages", "steady access"], "P22",
     "Statements of 28 October to 20 November 2023; also position-p20, position-p21"),
    ("palestinian-authority", "Palestinian Authority", "السلطة الفلسطينية", ["an immediate ceasefire"], "P49",
     "Statements of 30 October and 5 November 2023; also position-p48, position-p50"),
    ("jordan", "Jordan", "الأردن", ["an immediate ceasefire", "no displacement of Palestinians"], "P47",
     "Statements of 4 November 2023; also position-p46"),
    ("european-union", "European Union", "الاتحاد الأوروبي",
     ["several pauses", "more crossings and a way by sea", "visits to the hostages"], "P03",
     "Statements of 26 October to 13 November 2023; also position-p02, position-p04"),
    ("france", "France", "فرنسا", ["a pause very soon, then a ceasefire"], "P08",
     "Statements of 9 and 10 November 2023; also position-p09"),
    ("united-kingdom", "United Kingdom", "المملكة المتحدة", ["pauses to get people out and aid in"], "P56",
     "Statements of 25 October to 22 November 2023; also position-p57, position-p58"),
    ("canada", "Canada", "كندا", ["a long pause"], "P01", "Statement of 24 November 2023"),
    ("g7", "Foreign ministers of the G7", "وزراء خارجية مجموعة السبع", ["pauses and corridors"], "P10",
     "Statement of 8 November 2023"),
    ("saudi-arabia", "Saudi Arabia", "السعودية", ["an immediate stop", "an end of forced displacement"], "P53",
     "Statement of 9 November 2023"),
    ("united-arab-emirates", "United Arab Emirates", "الإمارات العربية المتحدة", ["a lasting humanitarian truce"], "P54",
     "Statements of 30 October and 15 November 2023; also position-p55"),
)  # fmt: skip

_IRAN: dict[str, Any] = {
    "id": "iran",
    "name": "Iran",
    "name_ar": "إيران",
    "kind": "influences",
    "basis": "observed",
    "source": "unga-es-10-21",
    "note": "Its vote of 27 October 2023 is the one thing in hand that it said in public",
}


def parties() -> list[dict[str, Any]]:
    """Content of parties.yaml: those of `settings.parties` with what they could go without, then the others."""
    first = []
    for party in settings.parties():
        if party["id"] in _DECIDES:
            more = {"reservation_basis": "assumed", "reservation_note": _NO_SOURCE}
            first.append(party | {"kind": "decides"} | _DECIDES[party["id"]] | more)
        else:
            first.append(party | {"name_ar": "وكالات الأمم المتحدة", "kind": "influences"})
    others = [
        {
            "id": name,
            "name": label,
            "name_ar": arabic,
            "kind": "influences",
            "wants": wants,
            "basis": "observed",
            "source": position(number),
            "note": note,
        }
        for name, label, arabic, wants, number, note in _INFLUENCE
    ]
    return [*first[:2], _EGYPT | {"kind": "decides"}, *first[2:], *others, _IRAN]


#: From, to, kind, strength with its low and high end, source, why.
_MOVES: tuple[tuple[str, str, str, float, float, float, str, str], ...] = (
    ("united-states", "israel", "ally", 0.5, 0.3, 0.8, position("P38"),
     "Fuel was let in at its request on 17 November; a pause was asked for by phone on 6 November, without an answer a "
     "day later (position-p79)"),
    ("hostage-families", "israel", "constituency", 0.5, 0.2, 0.8, position("P27"),
     "They stood before the defence ministry until a proposal was dropped; how far that moved the cabinet no source says"),
    ("israel-coalition", "israel", "constituency", 0.3, 0.1, 0.7, position("P42"),
     "Fuel was let in against them on 17 November; a day later any further decision had to go to the expanded cabinet"),
    ("european-union", "israel", "ally", 0.2, 0.1, 0.4, position("P04"), "Asked for pauses; no effect is in any source"),
    ("united-kingdom", "israel", "ally", 0.2, 0.1, 0.4, position("P56"), "As the European Union"),
    ("qatar", "hamas", "mediator", 0.5, 0.3, 0.8, position("P16"),
     "Answers of Hamas were handed to Qatar; how far it moved them no source says"),
    ("egypt", "hamas", "mediator", 0.4, 0.2, 0.7, "agreement-mediators", "Named as a mediator; on its border"),
    ("iran", "hamas", "ally", 0.3, 0.0, 0.7, "unga-es-10-21",
     "No source in hand says how far; the range is nearly the whole scale"),
    ("qatar", "israel", "mediator", 0.2, 0.1, 0.5, position("P51"), "Talks went through Qatar"),
    ("united-states", "qatar", "ally", 0.5, 0.3, 0.8, "agreement-mediators", "Mediated together"),
    ("united-states", "egypt", "ally", 0.4, 0.2, 0.7, "agreement-mediators", "Mediated together"),
    ("us-congress", "united-states", "constituency", 0.3, 0.1, 0.6, position("P90"),
     "Senators joined the President in asking for a pause on 2 November"),
    ("jordan", "united-states", "ally", 0.2, 0.1, 0.4, position("P46"), "Told the Secretary of State on 4 November"),
    ("united-nations", "united-states", "mediator", 0.2, 0.0, 0.4, position("P59"), "Asks all sides; decides nothing"),
    ("icrc", "israel", "mediator", 0.1, 0.0, 0.3, position("P22"), "A go-between that both sides accept"),
    ("icrc", "hamas", "mediator", 0.1, 0.0, 0.3, position("P22"), "A go-between that both sides accept"),
)  # fmt: skip


def influences() -> list[dict[str, Any]]:
    """Rows of influences.csv: that there is influence rests on a source, how strong it is does not."""
    return [
        {
            "from": mover,
            "to": other,
            "kind": kind,
            "strength": strength,
            "strength_low": low,
            "strength_high": high,
            "basis": "assumed",
            "source": source,
            "note": f"Strength assumed. {why}",
        }
        for mover, other, kind, strength, low, high, source, why in _MOVES
    ]


_HOURS = (
    "An hour of pause in a zone costs each side an hour of its campaign there. Neither has said what that is to it: one "
    "for each zone, with a range of half to double"
)


def concessions(area: list[Zone]) -> list[dict[str, Any]]:
    """Rows of concessions.csv: zone-hours for both sides, and what terms ask of each; no budget was ever stated."""
    rows: list[dict[str, Any]] = [
        {
            "party": party,
            "zone": zone.id,
            "cost": 1,
            "cost_low": 0.5,
            "cost_high": 2,
            "unit": "zone-hours",
            "basis": "assumed",
            "note": _HOURS,
        }
        for party in ("israel", "hamas")
        for zone in area
    ]
    terms = (
        ("israel", "fuel", "litres/day", position("P26")),
        ("israel", "flights", "hours without flights/day", "agreement-air_halt_drones"),
        ("israel", "days", "days", position("P36")),
        ("hamas", "captives", "captives", position("P15")),
        ("egypt", "trucks", "trucks/day", position("P07")),
    )
    return rows + [
        {
            "party": party,
            "issue": issue,
            "cost": 1,
            "unit": unit,
            "basis": "assumed",
            "source": source,
            "note": "Counted in the unit in which the party speaks of it",
        }
        for party, issue, unit, source in terms
    ]
