"""The shape of plan.json, which its published JSON Schema is generated from, and the digests that locate a change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from letup.core.folders import json_text
from letup.core.formats import Format
from letup.scenario.format import SCENARIO, declared
from letup.tables import schemas

PLAN = Format("plan.json")
"""The format of plan.json; a step is added where an older letup would misread what this one writes."""


class _Part(BaseModel):
    """Whatever stands in plan.json has exactly the fields listed."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=False)


class Shares(_Part):
    """Shares of the scenario's values by basis; they add up to 1."""

    observed: float = Field(ge=0, le=1)
    modelled: float = Field(ge=0, le=1)
    assumed: float = Field(ge=0, le=1)


class About(_Part):
    """The scenario the plan is for; a copy of it lies in the folder ``scenario``."""

    title: str
    as_of: AwareDatetime
    timezone: str
    start: AwareDatetime
    steps: int = Field(ge=1, description="steps")
    step_minutes: int = Field(ge=1, description="minutes")
    zones: int = Field(ge=0, description="zones")
    people: int = Field(ge=0, description="people, whether they want to leave or not")
    values: int = Field(ge=0, description="values in the scenario")
    shares: Shares


class Answer(_Part):
    """The answer and its denominator."""

    sentence: str
    want_to_leave: int = Field(ge=0, description="people; the denominator of every share")
    arrive: int = Field(ge=0, description="people who reach a shelter")
    share_arriving: float = Field(ge=0, le=1, description="arrive / want_to_leave")
    pauses: int = Field(ge=0, description="pauses")
    zone_hours: float = Field(ge=0, description="zone-hours of all pauses together")
    ceiling: int = Field(ge=0, description="people; proven: no pauses within the limits let more arrive")
    ceiling_basis: str
    worth_basis: str
    gap: float | None = Field(description="(ceiling - arrive) / arrive; null if nobody arrives")
    complete: bool = Field(description="false if the search was ended early")
    left_out: int = Field(
        default=0,
        ge=0,
        description="people left out because they would have to come by a place twice, or spend too many nights on the "
        "way",
    )


class Forbidden(_Part):
    """A time in which a zone cannot be paused."""

    zone: str
    start: AwareDatetime
    end: AwareDatetime


class TimeOfZone(_Part):
    """A time in which a zone must be paused, or is by an agreement."""

    zone: str
    start: AwareDatetime
    end: AwareDatetime


class Concession(_Part):
    """What a pause of a zone costs."""

    zone: str
    cost: float = Field(ge=0, description="cost per zone-hour, in units that the parties set")
    start: AwareDatetime | None = Field(description="null: from the start")
    end: AwareDatetime | None = Field(description="null: to the end")


_LISTS: dict[str, Any] = {
    "forbidden": list[Forbidden],
    "forced": list[TimeOfZone],
    "frozen": list[TimeOfZone],
    "together": list[list[str]],
    "concession": list[Concession],
}
_WITHOUT_DEFAULT = 9
"""So many of the limits are in each plan; those that came later are taken as absent from older ones."""


def _limits_used() -> type[_Part]:
    """What the parties insist on: each limit that the scenario format declares."""
    kinds: dict[str, Any] = {"number": float, "integer": int, "boolean": bool, "hours": tuple[float, float]}
    made: dict[str, Any] = {}
    for place, column in enumerate(declared()[f"{SCENARIO}:limits"].own):
        many = column.name in _LISTS
        kind = _LISTS[column.name] if many else kinds[column.type]
        kind = kind if many or column.default is not None else kind | None
        default: Any = ... if place < _WITHOUT_DEFAULT else [] if many else column.default
        words = column.meaning.partition(": list of")[0] + (f" ({column.unit})" if column.unit else "")
        made[column.name] = (kind, Field(default=default, description=words))
    return create_model("LimitsUsed", __base__=_Part, __doc__="What the parties insist on.", **made)


if TYPE_CHECKING:

    class LimitsUsed(_Part):
        """What the parties insist on."""

else:
    LimitsUsed = _limits_used()


class Pause(_Part):
    """One zone quiet from a start to an end."""

    zone: str
    zone_name: str
    start: AwareDatetime
    end: AwareDatetime
    hours: float = Field(gt=0, description="hours")
    first_step: int = Field(ge=0, description="first quiet step")
    last_step: int = Field(ge=0, description="last quiet step, inclusive")
    passing_people: int = Field(ge=0, description="people whose movement passes the zone during the pause")
    worth_people: int = Field(ge=0, description="people fewer who would arrive without this pause")
    worth_need: float | None = Field(
        default=None,
        ge=0,
        description="person-days of need less that could be met without it, about; null if not asked",
    )


class NextHour(_Part):
    """A pause an hour longer, or a new one, beyond the totals that the parties allow."""

    zone: str
    zone_name: str
    start: AwareDatetime = Field(description="of the longer or new pause")
    end: AwareDatetime = Field(description="of the longer or new pause")
    replaces: AwareDatetime | None = Field(description="start of the pause that is longer then; null if it is new")
    people_per_zone_hour: float = Field(ge=0, description="people more who would arrive, per zone-hour more")
    basis: Literal["exact", "estimated"] = Field(description="difference of exact flows, or of estimates")


class GroupPart(_Part):
    """What one group gets out of the plan."""

    name: str
    label: str
    people: int = Field(ge=0, description="people, whether they want to leave or not")
    want_to_leave: int = Field(ge=0, description="people")
    arrive: int = Field(ge=0, description="people who reach a shelter")
    rounding_worst: float = Field(ge=0, description="share; worst error of a quickest route through rounding to steps")
    arrivals: list[tuple[int, int]] = Field(description="[step, people reaching a shelter at it], where not 0")


class Bottleneck(_Part):
    """A limit that the plan runs into."""

    kind: Literal["road", "checkpoint", "shelter", "leaving home", "pause hours"]
    id: str
    name: str
    zone: str
    lon: float | None = Field(description="degrees WGS 84; restricted places are shown at their zone")
    lat: float | None = Field(description="degrees WGS 84")
    people: int = Field(description="people whom the minimum cut counts here")
    limit_per_hour: float | None = Field(description="people per hour")
    gain_people: int | None = Field(
        description="people more who would arrive if it were relieved; null if not computed"
    )
    relief: str


class ZonePart(_Part):
    """People of one zone under the plan."""

    zone: str
    want_to_leave: int = Field(ge=0, description="people")
    leave: int = Field(ge=0, description="people who leave under the plan")
    left: int = Field(ge=0, description="people who want to leave and do not get out")
    stay: int = Field(ge=0, description="people who chose to stay; they keep their protection")


class TracePoint(_Part):
    """How good the plan was at one moment of the search."""

    seconds: float = Field(ge=0, description="seconds since the search began")
    people: int = Field(ge=0, description="people who would arrive, as the search counted them")
    ceiling: int = Field(ge=0, description="people")


class FindingPart(_Part):
    """One result of a check."""

    code: str
    severity: Literal["error", "warning", "note"]
    message: str
    remedy: str
    file: str
    where: str
    column: str
    rule: str


class MovementsPart(_Part):
    """What movements.csv holds in all."""

    rows: int = Field(ge=0, description="rows")
    people: int = Field(ge=0, description="people")


class ZoneNeed(_Part):
    """Need of one zone for one essential over the horizon."""

    zone: str
    item: str = Field(description="short name of the essential")
    unit: str
    need: float = Field(ge=0, description="in the unit")
    met_without: float = Field(ge=0, description="met without deliveries, in the unit")
    met: float = Field(ge=0, description="met with deliveries, in the unit")


class DeliveriesPart(_Part):
    """What trucks bring in the pauses of the plan, after the movement of people."""

    sentence: str
    rows: int = Field(ge=0, description="rows of deliveries.csv")
    trucks: int = Field(ge=0, description="truckloads")
    tonnes: float = Field(ge=0, description="t handed out")
    person_days: float = Field(ge=0, description="person-days of all essentials: the denominator")
    met_without: float = Field(ge=0, description="person-days of need met without deliveries")
    met: float = Field(ge=0, description="person-days of need met with deliveries")
    value_without: float = Field(ge=0, description="person-days with diminishing value, without deliveries")
    value: float = Field(ge=0, description="person-days with diminishing value: what is aimed at")
    bound: float = Field(ge=0, description="proven: no deliveries in these pauses reach a larger value")
    gap: float | None = Field(description="(bound - value) / (value - value_without); null if nothing is added")
    evenness: float = Field(ge=0, le=1, description="weight of the most even against the largest total")
    zones: list[ZoneNeed]
    findings: list[FindingPart] = Field(default=[], description="what trucks cannot do")


class ObjectivePart(_Part):
    """One of the things that the pauses were chosen for."""

    name: Literal["people", "need"]
    unit: str
    weight: float = Field(ge=0, description="what one unit is worth")
    value: float = Field(ge=0, description="with the plan, in the unit")
    without: float = Field(ge=0, description="need met without any truck; people are counted from 0")
    bound: float = Field(ge=0, description="proven: no plan within the limits has a larger value")
    gap: float | None = Field(description="(bound - value) / (value - without); null if nothing is gained")


class WeighedPart(_Part):
    """People and need met, weighed by the scenario's priorities."""

    sentence: str
    objectives: tuple[ObjectivePart, ObjectivePart]
    gap: float | None = Field(description="the same of both by their weights; null if nothing is gained")
    bound_basis: str


class Digests(_Part):
    """Fingerprints that locate a careless change; recomputation, not they, is what proves a plan."""

    plan: dict[str, str] = Field(description="field of plan.json to the digest of its value")
    movements: dict[str, str] = Field(description="movement id to the digest of its row")
    scenario: dict[str, str] = Field(description="file of the scenario to its digest")


class Document(_Part):
    """A plan as written to plan.json."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, title="letup plan")

    format: Literal[1]
    letup_version: str
    note: str
    scenario: About
    answer: Answer
    limits: LimitsUsed  # made from the declaration
    pauses: list[Pause]
    next_hours: list[NextHour] = Field(
        default=[], description="what more hours would bring, and where; best first, the other days unchanged"
    )
    groups: list[GroupPart]
    zones: list[ZonePart]
    bottlenecks: list[Bottleneck]
    movements: MovementsPart
    deliveries: DeliveriesPart | None = Field(default=None, description="absent without trucks or points to go to")
    weighed: WeighedPart | None = Field(default=None, description="absent where pauses were chosen for people alone")
    trace: list[TracePoint]
    findings: list[FindingPart]
    digests: Digests


def schema() -> str:
    """The published JSON Schema of plan.json."""
    made: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema()}
    return json_text(made)


def digest_of(value: object) -> str:
    """First 12 hexadecimal digits of the SHA-256 of a value in canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def field_digests(document: dict[str, Any]) -> dict[str, str]:
    """Digest of every field of plan.json, by its path such as ``pauses[3].hours``."""
    return {
        path: digest_of(value) for path, value in plain_values({k: v for k, v in document.items() if k != "digests"})
    }


def plain_values(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """All plain values in nested mappings and lists, with their paths; empty ones count as values."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from plain_values(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for i, inner in enumerate(value):
            yield from plain_values(inner, f"{path}[{i}]")
    else:
        yield path, value


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file under a folder, by relative path."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): file_digest(p) for p in files}


MOVEMENTS = schemas("letup.plan.files")["movements.csv"]

#: Columns of what plan.json says of more hours of pause, and of bottlenecks.
NEXT_HOUR_COLUMNS = tuple(NextHour.model_fields)
BOTTLENECK_COLUMNS = tuple(Bottleneck.model_fields)
