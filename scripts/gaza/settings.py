"""scenario.yaml and parties.yaml: time, groups, limits as the parties stated them, mobilisation, sources."""

from __future__ import annotations

from typing import Any

from gaza.citations import sources

DESCRIPTION = (
    "The Gaza Strip as of 3 November 2023: people in the north who want to leave for the middle and south on foot, "
    "through the one passage at Wadi Gaza on Salah al-Din that was announced from 4 November, in pauses as the "
    "parties stated them in the days that followed. Main roads are a skeleton; walking access is a 500 m grid. Where "
    "people are within a governorate is modelled; who wants to leave, the shelters' room and readiness are assumed, "
    "each with its reason. Trucks bring aid in from Rafah; how many and how fast is mostly assumed, too. It leaves out "
    "return to the north, sea and air, and where armed actors are. "
    "Strikes were reported in the middle and south too: no zone is called safe. A shelter here takes patients like "
    "anyone else; beds are not counted. A model, not a permission."
)


def scenario(deliveries: dict[str, Any]) -> dict[str, Any]:
    """Content of scenario.yaml."""
    return {
        "format": 1,
        "title": "Gaza Strip, November 2023",
        "description": DESCRIPTION,
        "as_of": "2023-11-03T23:59:00+02:00",
        "timezone": "Asia/Gaza",
        "start": "2023-11-04T06:00:00+02:00",
        "steps": 2016,
        "step_minutes": 5,
        "groups": _groups(),
        "limits": _limits(),
        "mobilisation": {
            "half_time_hours": 24,
            "basis": "assumed",
            "source": "sorensen-1991",
            "note": "Work on evacuations gives hours to a day until half are ready once they know; a week into "
            "displacement, without telephones, a day is taken. What was seen is slower and bounds it: of the 152,000 "
            "who passed from 5 to 10 November, half had by 9 November (over 120 hours), but closed hours, control and "
            "fear are in that. Range to try: 6 to 120 hours",
        },
        "priorities": {
            "people": 1,
            "need": 0.03,
            "basis": "assumed",
            "note": "No source weighs one against the other. 0.03: a person who gets out weighs as much as what one "
            "person needs in a week of all five essentials together (35 person-days). Range to try: 0.003 to 0.3",
        },
        "deliveries": deliveries,
        "sources": sources(),
    }


def _groups() -> list[dict[str, Any]]:
    return [
        {
            "name": "ambulance",
            "label": "Wounded and sick, by ambulance",
            "mode": "vehicle",
            "speed_kmh": 10,
            "order": 0,
            "people_per_vehicle": 2,
            "basis": "assumed",
            "note": "10 km/h: damaged junctions and crowds on the same streets; no measured speed is in hand. A "
            "convoy of 22 November took nearly 20 hours, most of it at the passage. Two people: one lying, one sitting",
        },
        {
            "name": "slow",
            "label": "Slow on foot: people with a disability, older people, small children and who is with them",
            "mode": "foot",
            "speed_kmh": 2.5,
            "order": 1,
            "basis": "modelled",
            "source": "fdma-tsunami",
            "note": "0.7 m/s, within the 0.44 to 1.2 m/s given for people with a disability and below the 0.8 m/s for "
            "those who can hardly move alone",
        },
        {
            "name": "foot",
            "label": "On foot",
            "mode": "foot",
            "speed_kmh": 4.0,
            "order": 2,
            "basis": "modelled",
            "source": "fdma-tsunami",
            "note": "1.1 m/s, the lower of the 1.1 to 1.2 m/s given for a walking crowd; walks of up to 20 km were "
            "reported, with belongings",
        },
    ]


def _limits() -> dict[str, Any]:
    return {
        "hours": [9, 16],
        "shortest_hours": 3,
        "longest_hours": 7,
        "windows_per_day": 1,
        "zone_hours": 280,
        "grid_minutes": 15,
        "notice_hours": 3,
        "basis": "observed",
        "source": "idf-2023-11-11-hours",
        "note": "Stated after the date of the data; nothing was announced by 3 November",
        "hours_note": "The widest hours announced, 09:00-16:00 (11 and 12 November); 10:00-14:00 on 5 to 7 November, "
        "13:00-16:00 on 4 November",
        "shortest_hours_source": "idf-2023-11-04-hours",
        "shortest_hours_note": "The shortest announced: 13:00-16:00 on 4 November",
        "longest_hours_note": "The longest announced: 09:00-16:00",
        "windows_per_day_note": "One opening a day was announced on each day found",
        "zone_hours_basis": "assumed",
        "zone_hours_note": "No source gives a total. 280 = 10 zones (the eight of the north and the two that the "
        "passage leads into) x 4 hours a day (announced on 9 November) x 7 days",
        "grid_minutes_basis": "assumed",
        "grid_minutes_note": "All hours announced were whole; a quarter of an hour leaves room to shift them",
        "notice_hours_source": "white-house-2023-11-09",
        "notice_hours_note": "Pauses to be announced three hours ahead (9 November)",
    }


def parties() -> list[dict[str, Any]]:
    """Content of parties.yaml: what was said, in neutral words."""
    return [
        {
            "id": "israel",
            "name": "Israel",
            "insists_on": [
                "no general ceasefire without the release of the hostages; local pauses for set hours only",
                "hours of the passage announced day by day, between 09:00 and 16:00",
                "movement through the passage from north to south only",
                "no vehicles of the public through the passage",
                "no fuel into the Gaza Strip (until mid November)",
            ],
            "wants": ["release of the hostages", "civilians to leave the north"],
            "basis": "observed",
            "source": "position-p33",
            "note": "Statements of 3 to 24 November 2023; also position-p25, position-p26, idf-2023-11-11-hours, "
            "idf-2023-11-24-direction, un-2023-11-09-foot",
        },
        {
            "id": "hamas",
            "name": "Hamas",
            "insists_on": [
                "a halt of attacks on both sides before an exchange of prisoners and hostages",
                "wounded people of northern hospitals let through Rafah before foreign passport holders leave",
                "aid to all areas, the north included",
            ],
            "wants": ["an end of the attacks", "crossings opened", "an exchange of prisoners"],
            "basis": "observed",
            "source": "position-p12",
            "note": "Statements of 1 to 22 November 2023; also position-p13, position-p14, position-p17",
        },
        {
            "id": "united-nations",
            "name": "United Nations agencies",
            "insists_on": [
                "time and place of a pause agreed with the United Nations",
                "no part in zones declared safe by one side alone",
            ],
            "wants": ["an immediate humanitarian ceasefire", "unhindered access", "release of the hostages"],
            "basis": "observed",
            "source": "position-p63",
            "note": "Statements of 31 October to 16 November 2023; also position-p59, position-p67. Not a party to the "
            "fighting: it is asked, and does not decide on a pause",
            "consents_to": [],
        },
    ]
