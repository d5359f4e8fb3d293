"""A signature says who vouches for a plan; one's own scenario says whether its copy was replaced."""

import json
import shutil
import sys
from dataclasses import replace

import pytest

from letup import scenario as scenarios
from letup.core.errors import LetupError
from letup.plan.files.signature import make_key, sign
from letup.verify import Verification
from letup.verify.against import check_against
from letup.verify.signature import check_signature
from tests.cli.running import run_apart


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "plan")


@pytest.fixture
def signed(folder, tmp_path):
    """A plan that is signed, and the public key for it."""
    public = make_key(tmp_path / "key")
    sign(folder, tmp_path / "key")
    return folder, public


def problems(folder, key):
    result = Verification()
    check_signature(folder, key, result)
    return [(problem.file, problem.message) for problem in result.problems]


def test_who_signed_a_plan_is_known_and_keys_are_ones_own(signed, tmp_path):
    folder, public = signed
    assert problems(folder, public) == []
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    stranger = make_key(tmp_path / "other")
    assert "was not made with the key" in problems(folder, stranger)[0][1]


def test_a_file_changed_added_or_removed_after_signing_is_named(signed):
    folder, public = signed
    (folder / "movements.csv").write_text("changed", "utf-8")
    (folder / "scenario" / "note.md").write_text("added", "utf-8")
    (folder / "plan.gpkg").unlink()
    assert problems(folder, public) == [
        ("movements.csv", "was changed"),
        ("plan.gpkg", "is missing"),
        ("scenario/note.md", "was added after signing"),
    ]


def test_a_list_of_digests_that_was_changed_is_no_signature(signed):
    folder, public = signed
    document = json.loads((folder / "signature.json").read_text("utf-8"))
    document["files"]["movements.csv"] = "0" * 64
    (folder / "signature.json").write_text(json.dumps(document), "utf-8")
    assert "was not made with the key" in problems(folder, public)[0][1]


def test_a_plan_that_nobody_signed_is_not_taken_for_signed(folder, tmp_path):
    assert problems(folder, make_key(tmp_path / "key")) == [("signature.json", "is missing: nobody signed this plan")]


def test_a_key_is_never_written_over_and_what_is_none_is_refused(tmp_path):
    make_key(tmp_path / "key")
    with pytest.raises(LetupError, match="key"):
        make_key(tmp_path / "key")
    (tmp_path / "none").write_text("no key", "utf-8")
    with pytest.raises(LetupError) as caught:
        check_signature(tmp_path, tmp_path / "none", Verification())
    assert caught.value.code == "sign.key"


def test_each_value_that_ones_own_scenario_says_otherwise_is_named(folder, tmp_path):
    own = shutil.copytree(folder / "scenario", tmp_path / "own")
    result = Verification()
    check_against(folder, str(own), result)
    assert result.problems == []
    scenario = scenarios.load(str(own))
    people = scenario.people.copy()
    people.loc[0, "count"] += 100

    limits = replace(scenario.limits, hours=(0, 24))
    sources = {name: {**entry, "publisher": "somebody else"} for name, entry in scenario.sources.items()}
    scenarios.write(replace(scenario, people=people, limits=limits, sources=sources), tmp_path / "other")
    check_against(folder, str(tmp_path / "other"), result)
    places = {(problem.file, problem.where, problem.column) for problem in result.problems}
    assert ("scenario, people", "row 1", "count") in places
    assert any(file == "scenario, sources" and where.endswith(".publisher") for file, where, _ in places)
    assert any(file == "scenario, limits" and where.startswith("hours") for file, where, _ in places)


def test_verify_says_what_it_was_held_against(folder):
    shown = run_apart("verify", folder, "--json")
    assert json.loads(shown.stdout)["held_against"] == "the copy of the scenario in the folder"
    shown = run_apart("verify", folder, "--json", "--against", folder / "scenario")
    assert json.loads(shown.stdout)["held_against"] == str(folder / "scenario")


def test_without_the_package_for_signatures_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(LetupError) as caught:
        make_key(tmp_path / "key")
    assert caught.value.code == "sign.extra"
    assert "pip install cryptography" in caught.value.remedy
