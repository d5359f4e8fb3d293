"""Every rule that a plan is checked against, with its citation; the reference page prints this table."""

from __future__ import annotations

from dataclasses import dataclass

from letup.core.findings import Finding, Severity


@dataclass(frozen=True)
class Rule:
    """One check on a plan.

    Attributes
    ----------
    severity : Severity
        The worst severity it can have.
    meaning : str
        What is checked.
    citation : str
        The rule, standard or practice it rests on; empty for plain checks of data.
    """

    severity: Severity
    meaning: str
    citation: str = ""


_LEAVING = "Additional Protocol I, arts. 51, 57, 58"
_NO_FORCE = "Geneva Convention IV, art. 49; customary IHL, rule 129"
_RETURN = "Geneva Convention IV, art. 49; customary IHL, rule 132"
_CARE = "Geneva Convention IV, art. 49; customary IHL, rule 131"
_VULNERABLE = "Geneva Convention IV, art. 17"
_RELIEF = "Additional Protocol I, art. 70; customary IHL, rules 55-56"
_SPHERE = (
    "Sphere Handbook 2018, standards on water supply (2.1), excreta management (3.2) and living space "
    "(shelter and settlement 3)"
)
_PRACTICE = "Practice: humanitarian notification in Yemen (48 h overland, 24 h in emergencies)"
_STRANDED = "Practice: people caught on the road after announced hours ended (Gaza, November 2023)"

RULES: dict[str, Rule] = {
    "plan.voluntary": Rule("error", "Nobody is moved beyond the share who want to leave", _NO_FORCE),
    "plan.stay": Rule("note", "Those who stay are counted and keep their protection", _LEAVING),
    "plan.no_pause": Rule("warning", "Zones with people in them that get no pause", _LEAVING),
    "plan.left_behind": Rule("warning", "People who want to leave and do not get out", _LEAVING),
    "plan.return": Rule("note", "Each movement has a way back on foot along roads of the network", _RETURN),
    "plan.no_return": Rule("warning", "Movements without a way back", _RETURN),
    "plan.families": Rule("warning", "Groups move apart, so families may be parted", _CARE),
    "plan.order": Rule("note", "The groups are planned in a fixed order, the most vulnerable first", _VULNERABLE),
    "plan.vulnerable_left": Rule("warning", "People of the groups planned first do not get out", _VULNERABLE),
    "plan.destination_unsafe": Rule("warning", "People go to a zone that is not thought safer", _CARE),
    "plan.destination_unknown": Rule("warning", "People go to a zone of which nobody says whether it is safer", _CARE),
    "plan.room": Rule("warning", "A shelter is filled to its room or beyond", _CARE),
    "plan.patients": Rule("warning", "Patients leave hospitals for places that are none", f"{_VULNERABLE}; {_CARE}"),
    "plan.reception": Rule("warning", "What the people who arrive need at the least", f"{_CARE}; {_SPHERE}"),
    "plan.margin": Rule("warning", "People on the road less than 15 minutes before a pause ends", _STRANDED),
    "plan.stranded": Rule("error", "Somebody is on the road when a pause ends", _STRANDED),
    "plan.short_pause": Rule("warning", "Pauses shorter than 2 hours", _STRANDED),
    "plan.notice": Rule("warning", "The first pause starts less than 24 hours after the start of the plan", _PRACTICE),
    "plan.relief": Rule("note", "Passage of relief is not part of this plan", _RELIEF),
    "plan.priorities": Rule("warning", "Need met has a weight, but there are no trucks or points to meet it"),
    "plan.permission": Rule("note", "A plan is a model, not a permission"),
    "plan.limits": Rule("warning", "Pauses given by hand break what the parties insist on"),
    "plan.incomplete": Rule("note", "The search was ended early"),
    "plan.clock_change": Rule("warning", "Clocks change during the plan"),
    "pauses.file": Rule("error", "A file of pauses cannot be read"),
    "pauses.column": Rule("error", "A file of pauses lacks a column"),
    "pauses.zone": Rule("error", "A pause names a zone that does not exist"),
    "pauses.time": Rule("error", "A time of a pause cannot be read, or the pause ends before it starts"),
    "pauses.outside": Rule("error", "A pause lies outside the time that the scenario looks at"),
    "pauses.overlap": Rule("error", "Two pauses of one zone overlap or touch"),
}
"""Code to rule."""


def finding(code: str, message: str, remedy: str = "", **place: str) -> Finding:
    """Make a finding of a known rule; ``severity`` may be given to lower it."""
    rule = RULES[code]
    severity: Severity = place.pop("severity", rule.severity)  # type: ignore[assignment]
    return Finding(code, severity, message, remedy, rule=rule.citation, **place)


VERIFY_CODES: dict[str, str] = {
    "verify.file": "A file of the plan cannot be read",
    "verify.format": "The plan was written in a format that this letup does not verify",
    "verify.schema": "plan.json does not follow its schema",
    "verify.columns": "A table of the plan does not have its columns",
    "verify.row": "A row of a table has too few or too many cells, or its id is not as it should be",
    "verify.digest": "A field, row or file was changed after writing",
    "verify.value": "A value is not what was recomputed from the rest",
    "verify.way": "A movement or delivery does not follow existing roads, in time, to where it goes",
    "verify.quiet": "Somebody is on a road while its zone is not quiet",
    "verify.capacity": "More people or trucks enter a road or checkpoint than it lets through",
    "verify.supply": "More people leave a place than want to, or more is brought in at a crossing than waits there",
    "verify.ready": "People leave before they are ready to",
    "verify.room": "A shelter takes in more people than it has room for",
    "verify.reference": "A delivery names trucks, a place, a zone or an essential that it cannot have",
    "verify.load": "More is loaded on trucks than they carry",
    "verify.hours": "A place is shut while trucks are loaded, leave or are unloaded there",
    "verify.throughput": "More trucks leave a crossing than it inspects or lets through",
    "verify.handling": "More is unloaded at a place than it can handle",
    "verify.trucks": "More trucks are away at once than there are",
    "verify.stock": "More is loaded at a warehouse than is in stock",
    "verify.limits": "Pauses break the parties' limits and the plan does not say so",
    "verify.scenario": "The copy of the scenario in the folder cannot be used",
}
"""Code to meaning, for what `letup verify` finds."""


def reference_page() -> str:
    """Markdown page that lists every code."""
    from letup.aid.assessment import CODES as AID_CODES
    from letup.aid.convoys.codes import CODES as CONVOY_CODES
    from letup.aid.deliveries.model import CODES as DELIVERY_CODES
    from letup.core.codes import CODES

    lines = [
        "# Findings",
        "",
        "An error stops the work, a warning asks for a decision, a note informs. Codes do not change between versions.",
        "This page is generated from `letup.plan.rules`, `letup.aid` and `letup.core.codes`.",
        "",
        "## On a plan",
        "",
        "Every plan is checked against these rules. A finding says *flag* where a decision is asked for and *check*",
        "where something has to be looked up on the ground; none says that a plan is lawful, which no program can.",
        "",
        "| code | severity at worst | what is checked | the rule it rests on |",
        "|---|---|---|---|",
        *(f"| `{code}` | {rule.severity} | {rule.meaning} | {rule.citation} |" for code, rule in RULES.items()),
        "",
        "## On verifying a plan",
        "",
        "| code | what it means |",
        "|---|---|",
        *(f"| `{code}` | {meaning} |" for code, meaning in VERIFY_CODES.items()),
        "",
        "## On an assessment",
        "",
        "| code | what it means |",
        "|---|---|",
        *(f"| `{code}` | {meaning} |" for code, meaning in AID_CODES.items()),
        "",
        "## On deliveries",
        "",
        "| code | what it means |",
        "|---|---|",
        *(f"| `{code}` | {meaning} |" for code, meaning in DELIVERY_CODES.items()),
        "",
        "## On convoys and the movement of patients",
        "",
        "| code | what it means |",
        "|---|---|",
        *(f"| `{code}` | {meaning} |" for code, meaning in CONVOY_CODES.items()),
        "",
        "## On a scenario",
        "",
        "| code | what it means |",
        "|---|---|",
        *(f"| `{code}` | {meaning} |" for code, meaning in CODES.items()),
    ]
    return "\n".join(lines) + "\n"
