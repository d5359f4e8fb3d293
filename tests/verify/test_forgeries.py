"""What somebody who knows the code can change of a plan unseen is what the docs list, and no figure that matters."""

import json
import shutil

import pytest

from letup.verify.not_proven import not_proven
from tests.cli.running import run
from tests.verify.forgeries import ANEW, all_forgeries, is_refused, verified, write_honest

EVERY = 32
"""The suite tries each so many of them; `scripts/forgeries.py` all."""
NEVER = (
    "arrive", "want_to_leave", "zone_hours", "ceiling", "gap", "share", "people_out", "start", "end", "first_step",
    "last_step", "passing", "movements", "deliveries", "groups", "zones", "weighed", "limits", "announcements", "bound",
    "findings", "sentence",
)  # fmt: skip


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forgeries") / "honest"
    write_honest(folder, seconds=6)
    return folder


def test_the_plan_that_is_forged_holds(honest):
    result = verified(honest, pages=True)
    assert result.holds, result.problems
    assert len(all_forgeries(honest)) >= 200


@pytest.mark.parametrize("part", range(2))
def test_forgeries_are_refused_or_listed(honest, tmp_path, part):
    for forgery in all_forgeries(honest)[part * EVERY :: 2 * EVERY]:
        file = "plan.json" if forgery.file == ANEW else forgery.file
        listed = any(each.covers(file, forgery.field) for each in not_proven())
        assert is_refused(honest, forgery, tmp_path) or listed, forgery.name


def test_nothing_that_matters_is_on_the_list_of_what_is_not_proven():
    for part in not_proven():
        assert part.file == "plan.json"
        assert not part.field.removeprefix("answer.").startswith(NEVER), part.field


def test_what_lies_beside_a_plan_and_was_not_looked_at_is_named(honest, tmp_path):
    folder = tmp_path / "plan"
    shutil.copytree(honest, folder)
    assert "Not looked at" not in run("verify", folder).stdout
    (folder / "announcement.html").write_text("Agreed. Safe passage is guaranteed.", "utf-8")
    result = run("verify", folder)
    assert result.returncode == 0
    assert "Not looked at, as letup plan and letup convoys do not write it: announcement.html." in result.stdout
    assert json.loads(run("verify", folder, "--json").stdout)["not_looked_at"] == ["announcement.html"]
