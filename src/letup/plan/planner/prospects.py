"""What planning would find out about a scenario, before any pauses are looked for."""

from __future__ import annotations

from collections.abc import Callable

from letup import roads
from letup.aid.deliveries.logistics import has_deliveries
from letup.aid.deliveries.make import findings_if_quiet
from letup.core.errors import BadInput, LetupError, NoPlan
from letup.core.findings import Finding, Severity, worst_first
from letup.plan.planner.instance import lay_out
from letup.scenario.model import Scenario


def prospects(scenario: Scenario) -> list[Finding]:
    """Everything that stands in the way of a plan, or that it would remark on, whatever the pauses.

    Roads are laid out, people put on them, and trucks sent with every hour quiet that the limits allow.

    Parameters
    ----------
    scenario : Scenario
        Checked.

    Returns
    -------
    list of Finding
        Worst first. That there is no plan, for example as nobody is to be moved, is a warning with the code and the
        reason that planning gives.
    """
    findings: list[Finding] = []

    def attempt(work: Callable[[], object]) -> bool:
        try:
            work()
        except LetupError as error:
            findings.extend(_findings_of(error))
            return False
        return True

    def roads_and_people() -> None:
        network = roads.build(scenario)
        findings.extend(network.findings)
        instance = lay_out(scenario, network=network)
        instance.require_a_window()
        if has_deliveries(scenario):
            findings.extend(findings_if_quiet(scenario, network, instance.usable))

    attempt(roads_and_people)
    return worst_first(list(dict.fromkeys(findings)))


def _findings_of(error: LetupError) -> list[Finding]:
    if isinstance(error, BadInput):
        return list(error.findings)
    severity: Severity = "warning" if isinstance(error, NoPlan) else "error"
    return [Finding(error.code, severity, error.message, error.remedy, file="scenario.yaml")]
