"""What an older letup wrote opens; what this one cannot read names the version that does."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from letup import plan as plans
from letup import scenario as scenarios
from letup.aid import files as assessment_files
from letup.core.errors import BadInput, LetupError
from letup.core.formats import Format, Step
from letup.plan.files.document import PLAN
from letup.plan.frontier.files import FRONTIER
from letup.scenario.format import SCENARIO_FORMAT
from letup.support import output as support_output
from letup.verify import verify

OLD = Path(__file__).parent / "plan-format-1.zip"
"""The example plan as letup 0.1.0 wrote it first: plan.json, its tables and its scenario."""


def renamed(document: dict) -> dict:
    document["people"] = document.pop("persons")
    return document


def nested(document: dict) -> dict:
    document["answer"] = {"people": document.pop("people")}
    return document


THREE = Format("thing.json", (Step("0.2.0", renamed), Step("0.3.0", nested)), until="0.0.9")


@pytest.mark.parametrize(
    "old",
    [{"persons": 3}, {"format": 1, "persons": 3}, {"format": 2, "people": 3}, {"format": 3, "answer": {"people": 3}}],
)
def test_each_step_leads_to_the_next_format(old: dict) -> None:
    before = json.dumps(old)
    assert THREE.up_to_date(old) == {"format": 3, "answer": {"people": 3}}
    assert json.dumps(old) == before


@pytest.mark.parametrize(
    ("document", "code", "names"),
    [
        ({"format": 4, "letup_version": "0.9.1"}, "format.newer", "letup 0.9.1"),
        ({"format": 4}, "format.newer", "newer version"),
        ({"format": 0}, "format.older", "letup 0.0.9"),
        ({"format": "two"}, "format.unknown", "whole number"),
        ({"format": True}, "format.unknown", "whole number"),
    ],
)
def test_what_cannot_be_read_names_the_version_that_does(document: dict, code: str, names: str) -> None:
    with pytest.raises(LetupError) as caught:
        THREE.up_to_date(document)
    assert caught.value.code == code
    assert names in f"{caught.value.message} {caught.value.remedy}"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    with zipfile.ZipFile(OLD) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "strip-plan"


def test_a_plan_of_the_first_format_opens_and_only_what_was_not_kept_then_is_not_proven(old: Path) -> None:
    result = verify(old)
    # It had no certificates yet, and let people walk in circles, which is why it is looked at no further.
    missing = {("verify.certificate", "proof.npz"), ("verify.way", "movements.csv")}
    said_otherwise = [
        problem for problem in result.problems if problem.code == "verify.value"
    ]  # it named restricted shelters
    assert all(re.fullmatch(r"bottlenecks\[\d\]\.name|findings\[\d\]\.message", p.where) for p in said_otherwise)
    assert all("a shelter in Southhaven" in problem.message for problem in said_otherwise)
    assert {(p.code, p.file) for p in result.problems if p not in said_otherwise} == missing
    assert plans.read_document(old)["format"] == PLAN.number


def test_a_plan_of_a_newer_format_is_refused_with_its_version(old: Path) -> None:
    path = old / "plan.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "format": 99, "letup_version": "7.0"}), "utf-8")
    with pytest.raises(LetupError, match=r"letup 7\.0"):
        plans.read_document(old)
    assert "verify.format" in {problem.code for problem in verify(old).problems}


def test_a_scenario_of_the_first_format_opens_and_a_newer_one_names_itself(old: Path, tmp_path: Path) -> None:
    assert scenarios.load(str(old / "scenario")).title
    newer = shutil.copytree(old / "scenario", tmp_path / "newer")
    text = (newer / "scenario.yaml").read_text("utf-8")
    assert f"format: {SCENARIO_FORMAT.number}" in text
    (newer / "scenario.yaml").write_text(text.replace("format: 1", "format: 12"), "utf-8")
    with pytest.raises(BadInput) as caught:
        scenarios.load(str(newer))
    assert [finding.code for finding in caught.value.findings if finding.severity == "error"] == ["scenario.format"]
    assert "format 12" in caught.value.message


@pytest.mark.parametrize(
    "form", [PLAN, FRONTIER, assessment_files.FORMAT, support_output.FORMAT], ids=lambda form: form.name
)
def test_every_document_that_letup_writes_is_read_by_its_format(form: Format, tmp_path: Path) -> None:
    path = tmp_path / form.name
    path.write_text(json.dumps({"format": form.number, "answer": 1}), "utf-8")
    assert form.read(path) == {"format": form.number, "answer": 1}
    path.write_text(json.dumps({"format": form.number + 1, "letup": "7.0"}), "utf-8")
    with pytest.raises(LetupError, match=rf"{form.name} has format {form.number + 1}, written by letup 7\.0"):
        form.read(path)
    for text in ("[]", "{", "[" * 100_000):
        path.write_text(text, "utf-8")
        with pytest.raises(ValueError):  # noqa: PT011 - whatever the parser says
            form.read(path)
