"""Sources of the scenario; publisher, date and address of a figure are taken from the raw table, never typed again."""

from __future__ import annotations

from typing import Any

from gaza.raw_tables import read_table, row

_FACTS = "facts only; the publisher is cited"
_OSM = "Open Database License (ODbL) 1.0"

#: Layers and our own models.
_LAYERS: dict[str, dict[str, str]] = {
    "osm-municipalities": {
        "title": "Municipal boundaries of the Gaza Strip (administrative levels 8 and 9)",
        "publisher": "OpenStreetMap contributors",
        "date": "2025-10-28",
        "licence": _OSM,
        "address": "https://www.openstreetmap.org/copyright",
    },
    "ors-roads": {
        "title": "Routes along main roads of the Gaza Strip, joined to 93 edges",
        "publisher": "openrouteservice.org by HeiGIT, on data of OpenStreetMap contributors",
        "date": "not shown",
        "licence": _OSM,
        "address": "https://openrouteservice.org",
    },
    "hot-health": {
        "title": "Health facilities of the Gaza Strip",
        "publisher": "OpenStreetMap contributors, through the Humanitarian OpenStreetMap Team",
        "date": "not shown",
        "licence": _OSM,
        "address": "https://www.openstreetmap.org/copyright",
    },
    "hot-places": {
        "title": "Populated places of the Gaza Strip",
        "publisher": "OpenStreetMap contributors, through the Humanitarian OpenStreetMap Team",
        "date": "not shown",
        "licence": _OSM,
        "address": "https://www.openstreetmap.org/copyright",
    },
    "cod-ab": {
        "title": "Common operational dataset of administrative boundaries, State of Palestine, version 01",
        "publisher": "OCHA",
        "date": "2023-10-19 (valid on)",
        "licence": "CC BY-IGO",
        "address": "https://data.humdata.org/dataset/cod-ab-pse",
    },
    "crossing-points": {
        "title": "Coordinates of the crossings in their encyclopedia articles",
        "publisher": "Wikipedia",
        "date": "not shown",
        "licence": "facts only; the publisher is cited",
        "address": "https://en.wikipedia.org/wiki/Rafah_Border_Crossing",
    },
    "access-grid": {
        "title": "Model of walking access: a 500 m grid, its eight neighbours, and the nearest street within 500 m",
        "publisher": "letup, scripts/gaza/walking.py",
        "date": "2026",
        "licence": "Apache-2.0; built on data under ODbL 1.0",
        "address": "scripts/gaza/walking.py",
    },
}

#: Rows of the raw tables: key to title, table, and what picks exactly one row out.
_ROWS: dict[str, tuple[str, str, dict[str, str]]] = {
    "pcbs-2023-11-11": (
        "People still in the governorates of North Gaza and Gaza, evening of 11 November 2023 (PCBS)",
        "observed_flows.csv",
        {"measure": "population_remaining_north_gaza_and_gaza_governorates"},
    ),
    "pcbs-2023-11-11-south": (
        "People in the three other governorates, 11 November 2023 (PCBS)",
        "observed_flows.csv",
        {"measure": "population_in_central_and_southern_governorates"},
    ),
    "registry-2020": (
        "Civil registry by governorate, end of 2020 (Ministry of Interior, Gaza)",
        "facts.csv",
        {"measure": "civil_registry_population", "area": "Gaza"},
    ),
    "us-envoy-2023-11-04": (
        "People left in the north: 350,000 to 400,000 (US special envoy)",
        "facts.csv",
        {"measure": "population_remaining_north", "as_of": "2023-11-04"},
    ),
    "idf-2023-11-06": (
        "People left in the north: 300,000 to 400,000 (Israeli army spokesman)",
        "facts.csv",
        {"measure": "population_remaining_north", "as_of": "2023-11-06"},
    ),
    "prcs-2023-11-29": (
        "People left in the north: nearly 500,000 (Palestine Red Crescent Society)",
        "facts.csv",
        {"measure": "population_remaining_north", "as_of": "2023-11-29"},
    ),
    "ocha-2023-11-14": (
        "About 200,000 people through the corridor, 5 to 14 November 2023 (OCHA)",
        "facts.csv",
        {"measure": "evacuees_cumulative_since_2023-11-05"},
    ),
    "ocha-33": (
        "People through the corridor on 8 November 2023 (OCHA flash update 33)",
        "observed_flows.csv",
        {"measure": "corridor_evacuees_salah_al_din", "date": "2023-11-08"},
    ),
    "un-2023-11-09-hours": (
        "The corridor open for five hours on 8 November 2023 (UN)",
        "facts.csv",
        {"measure": "hours_used", "as_of": "2023-11-08"},
    ),
    "un-2023-11-09-foot": (
        "People on foot, vehicles left at Al Kuwaiti roundabout, junction roads damaged (UN, OCHA)",
        "facts.csv",
        {"measure": "share_on_foot"},
    ),
    "idf-2023-11-04-hours": (
        "Corridor hours 13:00-16:00 announced for 4 November 2023",
        "facts.csv",
        {"measure": "hours_announced", "as_of": "2023-11-04"},
    ),
    "idf-2023-11-05-hours": (
        "Corridor hours 10:00-14:00 announced for 5 November 2023",
        "facts.csv",
        {"measure": "hours_announced", "as_of": "2023-11-05"},
    ),
    "idf-2023-11-11-hours": (
        "Corridor hours 09:00-16:00 and the coast road announced for 11 November 2023",
        "facts.csv",
        {"measure": "hours_announced", "as_of": "2023-11-11"},
    ),
    "white-house-2023-11-09": (
        "Daily pauses of four hours in named parts of the north, announced three hours ahead",
        "facts.csv",
        {"measure": "daily_pause_hours_agreed"},
    ),
    "idf-2023-11-24-direction": (
        "Southbound movement only (Israeli army spokesman)",
        "facts.csv",
        {"measure": "direction_allowed"},
    ),
    "unrwa-22": (
        "Displaced people in UNRWA shelters of the middle and south, 4 November 2023 (situation report 22)",
        "facts.csv",
        {"measure": "idps_unrwa_shelters", "area": "Middle + Khan Yunis + Rafah areas", "as_of": "2023-11-04"},
    ),
    "unrwa-22-north": (
        "Displaced people in UNRWA schools of the north, 12 October 2023 (situation report 22)",
        "facts.csv",
        {"measure": "idps_unrwa_shelters", "area": "North + Gaza areas"},
    ),
    "unrwa-33": (
        "Displaced people in UNRWA shelters of the middle and south, 18 November 2023 (situation report 33)",
        "facts.csv",
        {"measure": "idps_unrwa_shelters", "as_of": "2023-11-18T22:30"},
    ),
    "ocha-26-hosts": (
        "Displaced people with host families, 1 November 2023 (OCHA flash update 26)",
        "facts.csv",
        {"measure": "idps_host_families"},
    ),
    "ocha-26-disability": (
        "Share of displaced people with a disability, 1 November 2023 (OCHA flash update 26)",
        "facts.csv",
        {"measure": "idps_with_disability_share"},
    ),
    "pcbs-2023-children": (
        "Share of children under five, Gaza Strip (PCBS)",
        "facts.csv",
        {"measure": "resident_population", "area": "Gaza Strip"},
    ),
    "ocha-28": (
        "Kerem Shalom and Erez closed, 3 November 2023 (OCHA flash updates 25 and 28)",
        "facts.csv",
        {"measure": "crossings_closed"},
    ),
    "ocha-30": (
        "Strikes on Al Bureij and Al Maghazi, 4 and 5 November 2023 (OCHA flash update 30)",
        "facts.csv",
        {"measure": "killed_in_camp_strikes"},
    ),
    "ocha-31": (
        "Strikes on Az Zawaida and Tal As Sultan, 6 November 2023 (OCHA flash update 31)",
        "facts.csv",
        {"measure": "killed_in_two_strikes"},
    ),
    "who-beds": (
        "Hospital beds before the war (WHO)",
        "facts.csv",
        {"measure": "hospital_beds", "as_of": "2023-10-06"},
    ),
    "ocha-40-hospitals": (
        "Hospitals with beds in the north (OCHA flash update 40)",
        "facts.csv",
        {"measure": "hospitals_operational_north"},
    ),
    "ocha-35-hospitals": (
        "Hospitals with beds in the Gaza Strip (OCHA flash update 35)",
        "facts.csv",
        {"measure": "hospitals_not_functioning", "as_of": "2023-11-10"},
    ),
    "ocha-47-patients": (
        "Patients moved from the north to the south, 22 November 2023 (OCHA flash update 47)",
        "facts.csv",
        {"measure": "patients_moved_north_to_south"},
    ),
    "wfp-2023-10-27": (
        "Days of essential food in shops (WFP)",
        "facts.csv",
        {"measure": "stock_essential_food_in_shops"},
    ),
    "ocha-2023-10-20-water": (
        "Water a person and day, all uses (OCHA)",
        "facts.csv",
        {"measure": "water_per_person_all_uses", "as_of": "2023-10-20"},
    ),
    "economist-2023-11-08-water": (
        "Water a person and day, all uses, and the minimum in emergencies",
        "facts.csv",
        {"measure": "water_per_person_all_uses", "as_of": "2023-11-08"},
    ),
    "reuters-2023-11-16-fuel": (
        "Fuel that entered from Egypt, 7 October to 14 November 2023",
        "facts.csv",
        {"measure": "fuel_entered_from_egypt"},
    ),
    "wfp-2023-10-20": (
        "Days of food in the Gaza Strip, 13, and in shops, 4 (WFP, about 20 October 2023)",
        "facts.csv",
        {"measure": "stock_essential_food_in_gaza"},
    ),
    "ocha-2023-11-12-wheat": (
        "Days of wheat in stock, the one mill without power (OCHA, about 12 November 2023)",
        "facts.csv",
        {"measure": "stock_wheat"},
    ),
    "ocha-25-desalination": (
        "Two desalination plants at 40 % of capacity, 31 October 2023 (OCHA flash update 25)",
        "facts.csv",
        {"measure": "desalination_capacity_used", "as_of": "2023-10-31"},
    ),
    "ocha-2023-11-09-desalination": (
        "One desalination plant shut, the other at 5 % of capacity, municipal wells shut, 9 November 2023 (OCHA)",
        "facts.csv",
        {"measure": "desalination_capacity_used", "as_of": "2023-11-09"},
    ),
    "ocha-2023-11-02-line": (
        "One of three water lines open, about 500 m3 an hour to four municipalities, 2 November 2023 (OCHA)",
        "facts.csv",
        {"measure": "pipelines_from_israel_open"},
    ),
    "ocha-29-wells": (
        "Municipal wells shut in Gaza city and the north, 4 November 2023 (OCHA flash update 29)",
        "facts.csv",
        {"measure": "municipal_wells_shut"},
    ),
    "unrwa-2023-11-13-depot": (
        "UNRWA's fuel depot in the Gaza Strip empty after three weeks of drawing, 13 November 2023",
        "facts.csv",
        {"measure": "unrwa_depot_stock"},
    ),
    "unrwa-2023-11-15-fuel": (
        "23,000 litres of fuel delivered to UNRWA on 15 November 2023, 9 % of its daily need",
        "facts.csv",
        {"measure": "fuel_delivered_to_unrwa"},
    ),
    "unrwa-2023-11-19-fuel": (
        "60,000 litres of fuel a day allowed to UNRWA, half of its minimum, 19 November 2023",
        "facts.csv",
        {"measure": "fuel_allowed_unrwa"},
    ),
    "ocha-28-trucks": (
        "47 trucks entered at Rafah on 3 November 2023 (OCHA flash update 28)",
        "facts.csv",
        {"measure": "trucks_entered", "as_of": "2023-11-03"},
    ),
    "us-israel-2023-10-30-trucks": (
        "Up to 100 trucks a day agreed, 30 October 2023 (US and Israel)",
        "facts.csv",
        {"measure": "trucks_target_agreed_us_israel"},
    ),
    "idf-2023-11-07-trucks": (
        "665 trucks with 3,000 t of food and 1.15 million litres of water since 21 October 2023 (Israeli army)",
        "facts.csv",
        {"measure": "trucks_claimed_cumulative"},
    ),
    "prcs-2023-11-29-unloading": (
        "Loading over from truck to truck at Rafah, a few vehicles at a time, to dawn (Palestine Red Crescent Society)",
        "facts.csv",
        {"measure": "unloading_at_rafah"},
    ),
    "unrwa-2023-11-17-fuel": ("Fuel that UNRWA needs a day", "facts.csv", {"measure": "fuel_need_unrwa_operations"}),
}

#: Works that are in no raw table.
_WORKS: dict[str, dict[str, str]] = {
    "unga-es-10-21": {
        "title": "Votes of the General Assembly on resolution ES-10/21, 27 October 2023",
        "publisher": "United Nations Digital Library",
        "date": "2023-10-27",
        "licence": _FACTS,
        "address": "https://digitallibrary.un.org",
    },
    "sphere-2018": {
        "title": "The Sphere Handbook, 4th edition: water supply standard 2.1; food assistance standard 6.1",
        "publisher": "Sphere Association",
        "date": "2018",
        "licence": _FACTS,
        "address": "https://spherestandards.org/handbook/",
    },
    "fdma-tsunami": {
        "title": "Walking speeds for tsunami evacuation planning, in the report on a manual of tsunami measures",
        "publisher": "Fire and Disaster Management Agency, Japan (quoted by fukushikikaku.co.jp)",
        "date": "not shown",
        "licence": _FACTS,
        "address": "http://fukushikikaku.co.jp/?p=131",
    },
    "sorensen-1991": {
        "title": "When shall we leave? Factors affecting the timing of evacuation departures",
        "publisher": "Sorensen, International Journal of Mass Emergencies and Disasters 9(2)",
        "date": "1991-08",
        "licence": _FACTS,
        "address": "http://ijmed.org/articles/417/",
    },
}

#: Terms of the agreement of 22 November 2023 that statements rest on, by their item.
_TERMS = (
    "air_halt_south",
    "air_halt_north",
    "air_halt_drones",
    "release_ratio",
    "extension_rule",
    "ground_halt",
    "aid_to_north",
    "mediators",
    "resumption",
)


def position(number: str) -> str:
    """Name of the source that a row of positions.csv is."""
    return f"position-{number.lower()}"


def figure(source: str, column: str = "value") -> float:
    """Return the figure that a source of the raw tables gives."""
    _, table, wanted = _ROWS[source]
    return float(row(table, **wanted)[column])


def _date(text: str) -> str:
    """A date as the raw tables give it, with their mark for "not shown" spelled out."""
    return text.replace("n/s", "not shown")


def sources() -> dict[str, dict[str, Any]]:
    """All sources by the name used in the source columns."""
    sources = {key: dict(value) for key, value in (*_LAYERS.items(), *_WORKS.items())}
    for key, (title, table, wanted) in _ROWS.items():
        item = row(table, **wanted)
        sources[key] = {
            "title": title,
            "publisher": item["publisher"],
            "date": _date(item.get("date_published") or item.get("date") or "not shown"),
            "licence": _FACTS,
            "address": item["url"],
        }
    for name in _TERMS:
        item = row("agreement_2023-11-22.csv", kind="term", item=name)
        sources[f"agreement-{name}"] = {
            "title": f"Term reported of the agreement of 22 November 2023 ({name.replace('_', ' ')})",
            "publisher": item["publisher"],
            "date": _date(item["date_published"] or "not shown"),
            "licence": _FACTS,
            "address": item["url"],
        }
    for item in read_table("positions.csv"):
        sources[position(item["id"])] = {
            "title": f"Statement of {item['actor']}, {item['date']} ({item['issue'].replace('_', ' ')})",
            "publisher": item["publisher"],
            "date": _date(item["date_published"]),
            "licence": _FACTS,
            "address": item["url"],
        }
    return dict(sorted(sources.items()))
