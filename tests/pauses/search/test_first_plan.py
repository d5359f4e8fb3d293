"""A first plan exists however short the time is."""

from itertools import product

import pytest

from letup.pauses.search.first_plan import first_plan
from letup.scenario import new
from tests.cli.running import run

PATHS = [((0, 0, 4), (1, 4, 9)), ((1, 0, 5),), ((0, 0, 3), (2, 3, 40))]


@pytest.mark.parametrize("budget", [0, 6, 12, 20, 45, 100])
def test_it_is_the_best_of_all_that_keep_the_limits(budget):
    def keeps(zones, days, length):
        return len(zones) * days * length <= budget

    def score(zones, days, length):
        inside = [path for path in PATHS if {zone for zone, *_ in path} <= zones]
        takes = sorted(max(last for *_, last in path) for path in inside)
        middle = (takes[(len(takes) - 1) // 2] + takes[len(takes) // 2]) / 2
        return len(inside) * days * (length - middle)

    sets = [frozenset(zones) for zones in ({0, 1}, {1}, {0, 2}, {0, 1, 2})]
    allowed = [choice for choice in product(sets, (1, 2, 3), range(2, 13)) if keeps(*choice)]
    best = max((score(*choice) for choice in allowed), default=0)
    plan = first_plan(PATHS, 3, range(2, 13), keeps)
    assert (plan is None) == (best <= 0)
    assert plan is None or (keeps(*plan) and score(*plan) == best)


def test_a_plan_with_pauses_exists_after_no_time_at_all(tmp_path):
    result = run("plan", new(tmp_path / "example"), "--out", tmp_path / "plan", "--time-limit", "0")
    assert result.returncode == 0, result.stderr
    assert "Without any pause" not in result.stdout
    assert "pauses of" in result.stdout.splitlines()[0]
