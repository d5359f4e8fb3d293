"""What people need a day, what there is in stock, and where water comes from: what the figures in hand support."""

from __future__ import annotations

from typing import Any

from gaza.citations import figure
from gaza.zones import Zone

ESSENTIAL_COLUMNS = [
    "essential", "label", "unit", "per_person", "per_person_low", "per_person_high", "survival", "basis", "source",
    "note",
]  # fmt: skip

STOCK_COLUMNS = [
    "place", "zone", "item", "amount", "amount_low", "amount_high", "unit", "basis", "source", "note",
    "amount_low_basis", "amount_low_source", "amount_low_note", "amount_high_basis", "amount_high_source",
    "amount_high_note",
]  # fmt: skip

FACILITY_COLUMNS = [
    "id", "name", "place", "zone", "uses", "use_per_day", "use_per_day_low", "use_per_day_high", "use_unit", "makes",
    "make_per_day", "make_per_day_low", "make_per_day_high", "make_unit", "serves", "basis", "source", "note",
    "use_per_day_basis", "use_per_day_source", "use_per_day_note", "use_per_day_low_basis", "use_per_day_low_source",
    "use_per_day_low_note", "use_per_day_high_basis", "use_per_day_high_source", "use_per_day_high_note",
    "make_per_day_low_basis", "make_per_day_low_source", "make_per_day_low_note", "make_per_day_high_basis",
    "make_per_day_high_source", "make_per_day_high_note",
]  # fmt: skip

#: The one open water line: litres a day at about 500 m3 an hour, and the municipalities it led to.
LINE_LITRES = 500 * 1000 * 24
LINE = ("nuseirat", "bureij", "al-maghazi", "az-zawayda")

_NO_FUEL = (
    "How much fuel it took is in no source in hand. 0: the same 3 litres were reported on 20 October and on "
    "8 November, while fuel ran out, so the stock of fuel given here is not what it hung on"
)
_LOW_WATER = (
    "3 litres x 5/40: the desalination plants of the middle and south worked at 40 % of capacity on 31 October, at 5 % "
    "on 9 November, with all municipal wells shut. An assumption: 3 litres were still reported on 8 November"
)


def essentials() -> list[dict[str, Any]]:
    """Rows of essentials.csv: needs after the Sphere Handbook."""
    return [
        {
            "essential": "water",
            "label": "Water",
            "unit": "litres",
            "per_person": 15,
            "per_person_low": 7.5,
            "per_person_high": 15,
            "survival": 3,
            "basis": "assumed",
            "source": "sphere-2018",
            "note": "Water supply standard 2.1: 15 litres; 7.5 to 15 for basic needs, 2.5 to 3 of it to survive. Read "
            "in the edition of 2011; the page of 2018 could not be opened. The press of November 2023 named 15 as the "
            "least in emergencies, too",
        },
        {
            "essential": "food",
            "label": "Food",
            "unit": "kcal",
            "per_person": 2100,
            "basis": "assumed",
            "source": "sphere-2018",
            "note": "Food assistance standard 6.1 and appendix 6: 2,100 kcal, an average over all ages. Read in the "
            "edition of 2011; of 2018 only the page that refers to appendix 6 could be opened",
        },
    ]


def stocks(zones: list[Zone]) -> list[dict[str, Any]]:
    """Rows of stocks.csv. No source in hand says what water was stored: there is no row for it."""
    days, most = figure("wfp-2023-10-27"), figure("ocha-2023-11-12-wheat")
    rows: list[dict[str, Any]] = [
        {
            "zone": zone.id,
            "item": "food",
            "amount": days,
            "amount_low": 0,
            "amount_high": most,
            "unit": "person-days per person",
            "basis": "modelled",
            "source": "wfp-2023-10-27",
            "note": "About five days of essential food in shops (WFP, 27 October, whole Strip; a tenth of shops "
            "empty), taken to be the same everywhere; no figure for 3 November was found",
            "amount_low_basis": "assumed",
            "amount_low_source": "wfp-2023-10-27",
            "amount_low_note": "Five days counted on 27 October would at the full need have been used up before "
            "3 November",
            "amount_high_source": "ocha-2023-11-12-wheat",
            "amount_high_basis": "modelled",
            "amount_high_note": "Wheat for 12 days, reported about 12 November; the one mill had no power, "
            "and oil, pulses, sugar and rice were gone. WFP's 13 days of about 20 October are two weeks older than "
            "this scenario",
        }
        for zone in zones
    ]
    need = figure("unrwa-2023-11-17-fuel")
    rows.append(
        {
            "place": "crossing-rafah",
            "item": "fuel",
            "amount": int(figure("reuters-2023-11-16-fuel")),
            "amount_low": 0,
            "amount_high": int(10 * need),
            "unit": "litres",
            "basis": "observed",
            "source": "reuters-2023-11-16-fuel",
            "note": "None entered until 15 November. UNRWA drew on a depot inside until it was empty on 13 November; "
            "what was left in it on 3 November is in no source in hand, so this is the low end",
            "amount_low_source": "reuters-2023-11-16-fuel",
            "amount_low_basis": "observed",
            "amount_high_basis": "assumed",
            "amount_high_source": "unrwa-2023-11-13-depot",
            "amount_high_note": "10 days, 3 to 13 November, x 160,000 litres: with less drawn a day, as is likely, "
            "less was left",
        }
    )
    return rows


def facilities(zones: list[Zone], residents: dict[str, int]) -> list[dict[str, Any]]:
    """Rows of facilities.csv: UNRWA's work as one, and all sources of water of each part of the Strip as one.

    What hospitals, wells, desalination plants and bakeries need each is in no source in hand.
    """
    north = [zone.id for zone in zones if zone.side == "north"]
    line = [zone.id for zone in zones if zone.id in LINE]
    south = [zone.id for zone in zones if zone.side == "south" and zone.id not in LINE]
    return [
        {
            "id": "unrwa-operations",
            "name": "UNRWA's operations in the whole Strip",
            "place": "crossing-rafah",
            "uses": "fuel",
            "use_per_day": int(figure("unrwa-2023-11-17-fuel")),
            "use_per_day_low": int(2 * figure("unrwa-2023-11-19-fuel")),
            "use_per_day_high": round(figure("unrwa-2023-11-15-fuel") / 0.09, -3),
            "use_unit": "litres",
            "basis": "observed",
            "source": "unrwa-2023-11-17-fuel",
            "note": "What UNRWA said on 17 November that its work needs: trucks, water, hospitals, bakeries. Reuters "
            "names a million litres a day for the whole Strip",
            "use_per_day_low_basis": "modelled",
            "use_per_day_low_source": "unrwa-2023-11-19-fuel",
            "use_per_day_low_note": "60,000 litres a day were called half of the minimum on 19 November",
            "use_per_day_high_basis": "modelled",
            "use_per_day_high_source": "unrwa-2023-11-15-fuel",
            "use_per_day_high_note": "23,000 litres were called 9 % of the daily need on 15 November",
        },
        _water("water-north", "All sources of water, north", north),
        _water("water-line", "All sources of water, middle line", line)
        | {
            "make_per_day_high": round(LINE_LITRES / sum(residents[zone] for zone in line), 1),
            "make_per_day_high_basis": "modelled",
            "make_per_day_high_source": "ocha-2023-11-02-line",
            "make_per_day_high_note": "The middle line, about 500 m3 an hour on 2 November, open for 24 hours a day, "
            "over the people of the four municipalities. It does not agree with the 3 litres reported "
            "for the whole Strip: both are kept, as value and high end",
        },
        _water("water-south", "All sources of water, rest of the middle and south", south),
    ]


def _water(name: str, label: str, zones: list[str]) -> dict[str, Any]:
    litres = figure("ocha-2023-10-20-water")
    low = figure("ocha-2023-11-09-desalination") / figure("ocha-25-desalination")
    return {
        "id": name,
        "name": label,
        "uses": "fuel",
        "use_per_day": 0,
        "use_unit": "litres",
        "makes": "water",
        "make_per_day": litres,
        "make_per_day_low": litres * low,
        "make_unit": "litres per person",
        "serves": ";".join(zones),
        "basis": "modelled",
        "source": "ocha-2023-10-20-water",
        "note": "3 litres a person and day for all uses (OCHA, 20 October, whole Strip; The Economist has the same on "
        "8 November), taken to be the same everywhere. 60 municipal wells of Gaza city and the north were shut on "
        "4 November (OCHA), and so were the northern desalination plant and line",
        "use_per_day_basis": "assumed",
        "use_per_day_source": "economist-2023-11-08-water",
        "use_per_day_note": _NO_FUEL,
        "make_per_day_low_basis": "assumed",
        "make_per_day_low_source": "ocha-25-desalination;ocha-2023-11-09-desalination",
        "make_per_day_low_note": _LOW_WATER,
    }
