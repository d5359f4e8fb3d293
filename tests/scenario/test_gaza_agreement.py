"""What gaza-2023 says of parties and issues: true to the raw tables, and nothing known that was assumed."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from letup.scenario import Scenario, check, load
from letup.support.model import Support
from letup.support.negotiation import support_of

RAW = Path(__file__).resolve().parents[2] / "data-sources" / "gaza"
DECISION = date(2023, 11, 21)  # the Israeli cabinet decided in the night to the 22nd


def raw(name: str) -> list[dict[str, str]]:
    with (RAW / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("gaza-2023")


@pytest.fixture(scope="module")
def support(scenario: Scenario) -> Support:
    return support_of(scenario)


def test_every_position_is_a_statement_of_its_day_with_its_address(scenario: Scenario) -> None:
    said = {row["source"]: row for row in scenario.statements.to_dict("records")}
    for row in raw("positions.csv"):
        ours = said[f"position-{row['id'].lower()}"]
        assert (ours["date"].isoformat(), ours["address"]) == (row["date"], row["url"])
        assert ours["position"] == row["position_paraphrase"]
        assert (ours["stance"], ours["stance_basis"]) == (int(row["stance"]), "assumed")


def test_the_vote_is_as_it_was_counted(scenario: Scenario) -> None:
    votes = scenario.statements[scenario.statements["source"] == "unga-es-10-21"].set_index("party")["position"]
    assert "120 for, 14 against, 45 abstaining, 14 not voting" in votes["united-nations"]
    counted = Counter(row["vote"] for row in raw("unga_es10_21_votes.csv"))
    assert (counted["Y"], counted["N"], counted["A"], counted["X"]) == (120, 14, 45, 14)
    assert votes["israel"].startswith("Votes against")
    assert votes["egypt"].startswith("Votes for")
    assert votes["canada"].startswith("Abstains")


def test_who_decides_and_who_is_asked_is_declared(support: Support) -> None:
    assert [party.id for party in support.deciding] == ["israel", "hamas", "egypt"]
    assert support.party("egypt").consents_to == ()
    assert support.party("egypt").consents_to_issues == ("trucks", "fuel", "crossings")
    named = {party.id for party in support.parties}
    assert {"united-states", "qatar", "united-nations", "hostage-families", "us-congress", "iran"} <= named
    assert {"european-union", "jordan", "israel-coalition"} <= named


def test_no_weight_worth_reservation_or_strength_is_given_out_as_known(scenario: Scenario, support: Support) -> None:
    assert set(scenario.preferences["basis"]) == {"assumed"}
    assert set(scenario.influences["basis"]) == {"assumed"}
    assert set(scenario.concessions["basis"]) == {"assumed"}
    for party in support.deciding:
        assert party.reservation.low < party.reservation.high
        for preference in party.preferences:
            assert preference.weight.low < preference.weight.high
            assert any(point.worth.low < point.worth.high for point in preference.values) or preference.source


def test_every_issue_of_a_pause_agreement_is_there_and_weighed_by_who_decides(support: Support) -> None:
    issues = {issue.id for issue in support.issues}
    assert issues >= {
        "window", "days", "zones", "corridors", "trucks", "fuel", "crossings", "captives", "ratio", "extension",
        "flights", "south", "monitoring", "return", "displacement", "notice", "after",
    }  # fmt: skip
    weighed = {preference.issue for party in support.deciding for preference in party.preferences}
    assert issues - weighed == {"notice", "pause"}
    for issue in support.issues:
        assert issue.labels["ar"], issue.id
        assert len(issue.values) > 1, issue.id


def test_nothing_that_preferences_rest_on_was_said_after_the_decision(support: Support) -> None:
    before = support.before(DECISION)
    assert [len(party.preferences) for party in before.parties] == [len(party.preferences) for party in support.parties]
    assert all(said.date < DECISION for said in before.statements)
    assert 80 < len(before.statements) < len(support.statements)


def test_turns_of_position_are_noted_and_none_is_a_contradiction() -> None:
    findings = [finding for finding in check("gaza-2023") if finding.code.startswith("statements.")]
    assert {finding.severity for finding in findings} == {"note"}
    turned = [finding.message for finding in findings if finding.code == "statements.change"]
    assert any("israel turns on fuel" in message for message in turned)
    assert any("israel turns on days" in message and "2023-11-22" in message for message in turned)


def test_quotes_and_links_hold_no_text_of_others(scenario: Scenario) -> None:
    """Positions are told in our own words, so nothing is quoted and no file of anybody is passed on."""
    assert scenario.statements["quote"].isna().all()
    assert scenario.statements["source_file"].isna().all()
