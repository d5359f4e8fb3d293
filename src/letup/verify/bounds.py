"""Confirm what a written plan says is proven: the ceiling on people and the bounds on need, by their certificates.

No solver is used, and no flow is computed: certificates are added up with numpy (weak duality). Whatever a certificate
says, it proves no more than is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.daily_program import daily_program, proven_bound
from letup.aid.deliveries.logistics import logistics_of
from letup.aid.deliveries.need import Need, delivered, needs
from letup.aid.people import staying
from letup.aid.supplies import supplies
from letup.core.errors import LetupError
from letup.pauses.certificates.all_quiet import AllQuietCertificate, all_quiet_bound
from letup.pauses.certificates.check_bound import confirmed_bound
from letup.pauses.limits import Window, margin_steps, usable_steps
from letup.plan.ceiling import BASIS
from letup.plan.discretise import limits_of
from letup.plan.files.document import Document
from letup.plan.files.proof import PROOF, read_proof
from letup.plan.model import Proof
from letup.plan.objectives import document_part, is_joint, objectives_of
from letup.plan.search_network import people_weight, search_network
from letup.roads.network import RoadNetwork, Timed
from letup.scenario.model import Scenario
from letup.verify.result import PLAN, Verification

_CLOSE = 1e-9
"""Sums of the same numbers in another order differ by less, as a share of them."""


def proof_of(folder: Path, document: Document, result: Verification) -> Proof:
    """The proofs of a plan; notes those that are missing, or that prove nothing in it."""
    proof = Proof()
    if (folder / PROOF).is_file():
        try:
            proof = read_proof(folder / PROOF)
        except LetupError as error:
            result.wrong("file", PROOF, "", error.message)
            return proof
    wanted = {
        "people": document.answer.ceiling_basis != BASIS,
        "need": document.weighed is not None,
        "deliveries": document.deliveries is not None,
    }
    for name, needed in wanted.items():
        if needed != (getattr(proof, name) is not None):
            message = (
                "is missing: what it should prove is not proven" if needed else "proves nothing that the plan says"
            )
            result.wrong("certificate", PROOF, name, message)
    return proof


def proven_ceiling(
    proof: Proof, scenario: Scenario, timed: dict[str, Timed], people_ceiling: int, result: Verification
) -> int:
    """The ceiling on people that a certificate proves, or that of the flow with every allowed hour quiet."""
    if proof.people is None:
        return people_ceiling
    network = search_network(scenario, list(timed.values()))
    clock, limits, proven = scenario.clock, limits_of(scenario), proof.people
    try:
        if isinstance(proven, AllQuietCertificate):
            widest = network.widest
            usable = usable_steps(limits, widest.zones, clock)
            people = all_quiet_bound(widest, usable, np.ones(clock.steps), proven)
            most = network.all_quiet_ceiling(people)
        else:
            margin = margin_steps(scenario)
            bound = confirmed_bound(network.net, clock, limits, people_weight(clock.steps), margin, proven)
            most = network.ceiling(bound, people_ceiling)
    except LetupError as error:
        result.wrong("certificate", PROOF, "people", error.message)
        return people_ceiling
    result.done("the ceiling on people, by its certificate", 1)
    return min(most, people_ceiling)


def proven_need(
    duals: NDArray[np.float64] | None,
    name: str,
    scenario: Scenario,
    network: RoadNetwork,
    need: Need,
    quiet: NDArray[np.bool_],
    result: Verification,
) -> float | None:
    """The bound on need that duals prove; None, with what is wrong noted, if they prove nothing."""
    if duals is None:
        return None
    program = daily_program(scenario, network, logistics_of(scenario), need, quiet)
    try:
        bound = proven_bound(need, program, duals)
    except LetupError as error:
        result.wrong("certificate", PROOF, name, error.message)
        return None
    result.done(f"the bound on {name}, by its certificate", len(duals))
    return bound


def check_weighed(
    document: Document,
    proof: Proof,
    scenario: Scenario,
    network: RoadNetwork,
    usable: NDArray[np.bool_],
    pauses: Mapping[int, Window],
    goods: list[tuple[str, str, float, int]] | None,
    result: Verification,
) -> None:
    """Check what the pauses were chosen for.

    Parameters
    ----------
    document : Document
        plan.json.
    proof : Proof
        proof.npz.
    scenario, network : Scenario, RoadNetwork
        The world as given, and its roads.
    usable : bool[Z, T]
        Steps that may be quiet.
    pauses : mapping of int to Window
        Windows by their row in the document.
    goods : list of (str, str, float, int) or None
        What trucks bring, as `letup.aid.deliveries.need.delivered` takes it; None if it could not be followed.
    result : Verification
        Takes up what was checked and what does not hold.
    """
    written = document.weighed
    if written is None or not is_joint(scenario):
        if (written is not None) != is_joint(scenario):
            result.wrong("value", PLAN, "weighed", "does not fit the priorities of the scenario")
        for i in pauses:
            if document.pauses[i].worth_need is not None:
                result.wrong("value", PLAN, f"pauses[{i}].worth_need", "is said, though need has no weight")
        return
    if goods is None:
        return  # what is wrong with the deliveries was said
    at_home = needs(scenario, supplies(scenario), staying(scenario))
    bound = proven_need(proof.need, "need", scenario, network, at_home, usable, result)
    if bound is None:
        return
    answer = document.answer
    goods_by_day = delivered(at_home, scenario.zone_ids, goods)
    computed = objectives_of(scenario, at_home, goods_by_day, answer.arrive, answer.ceiling, bound)
    part = document_part(computed)
    for key in ("sentence", "gap", "bound_basis"):
        result.same(PLAN, f"weighed.{key}", getattr(written, key), part[key])
    for i, (stated, expected) in enumerate(zip(written.objectives, part["objectives"], strict=True)):
        for key, value in expected.items():
            result.same(PLAN, f"weighed.objectives[{i}].{key}", getattr(stated, key), value)
    # What a pause is worth in need is an estimate; but no pause is worth more than all deliveries could be.
    most = (computed[1].bound - computed[1].without) * (1 + _CLOSE) + 1
    for i in pauses:
        worth = document.pauses[i].worth_need
        if worth is None or worth > most:
            result.wrong(
                "value", PLAN, f"pauses[{i}].worth_need", f"is {worth!r}, where {most:,.0f} can be gained in all"
            )
    result.done("what the pauses were chosen for: values, weights and ceilings", 2)
