"""Why there is no deal, against trying every set of parties and issues; and what would resolve it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from letup.support.model import Range, RedLine
from letup.support.no_deal import find_deal, nearest_terms, smallest_conflict, smallest_relaxations
from letup.support.package_space import Block, PackageSpace, package_space_of
from letup.support.utility import UtilityModel, ValueFunction, at_likeliest_values
from tests.support.random_spaces import all_packages, has_deal, random_space


def without_a_deal(count: int) -> list[PackageSpace]:
    spaces, seed = [], 0
    while len(spaces) < count:
        space = random_space(seed)
        if not has_deal(space, frozenset([*space.parties, *space.issues])):
            spaces.append(space)
        seed += 1
    return spaces


NO_DEAL = without_a_deal(100)


def test_setting_any_member_of_a_conflict_aside_gives_a_deal() -> None:
    sizes = set()
    for space in NO_DEAL:
        conflict = smallest_conflict(space)
        members = frozenset([*conflict.parties, *conflict.issues])
        assert not has_deal(space, members)
        assert all(has_deal(space, members - {member}) for member in members)
        sizes.add(len(members))
    assert len(sizes) > 2  # the problems differ


def test_no_conflict_is_smaller() -> None:
    for space in NO_DEAL[:40]:
        conflict = smallest_conflict(space)
        size = len(conflict.parties) + len(conflict.issues)
        for members in combinations([*space.parties, *space.issues], size - 1):
            assert has_deal(space, frozenset(members))


def test_there_is_no_conflict_where_has_deal() -> None:
    seen = 0
    for seed in range(60):
        space = random_space(seed)
        if has_deal(space, frozenset([*space.parties, *space.issues])):
            seen += 1
            assert smallest_conflict(space) is None
            assert smallest_relaxations(space) == []
            assert find_deal(space) is not None
    assert seen > 5


def test_the_smallest_change_gives_a_deal_and_nothing_smaller_does() -> None:
    """By one party alone: the least of what it falls short of over all packages that the others accept."""
    alone = 0
    for space in NO_DEAL:
        _, utility, allowed = all_packages(space)
        short = space.reservation - utility
        relaxations = smallest_relaxations(space)
        for p, party in enumerate(space.parties):
            others = np.delete(short, p, axis=1)
            possible = short[allowed & (others <= 1e-9).all(axis=1), p]
            mine = [
                change for change in relaxations if change.kind == "reservation" and party in change.reservation_cuts
            ]
            assert bool(len(possible)) == bool(mine)
            if mine:
                alone += 1
                assert mine[0].size == pytest.approx(possible.min(), abs=1e-6)
        together = [change for change in relaxations if change.kind == "reservations"]
        if together:
            least = np.maximum(short[allowed], 0).sum(axis=1).min()
            assert together[0].size == pytest.approx(least, abs=1e-6)
        for change in relaxations:
            lower = np.array([change.reservation_cuts.get(party, 0.0) for party in space.parties])
            refused = [beyond.copy() for beyond in space.refused]
            for party, issue in change.lifted:
                for block, beyond in zip(space.blocks, refused, strict=True):
                    if issue in block.issues:
                        beyond[space.parties.index(party), block.issues.index(issue)] = False
            after = replace(space, reservation=space.reservation - lower, refused=tuple(refused))
            assert has_deal(after, frozenset([*space.parties, *space.issues]))
    assert alone > 20


def test_two_red_lines_on_one_issue_are_the_conflict() -> None:
    days = Block(("days",), ((1.0,), (4.0,), (7.0,)))
    worth = np.array([[[1.0, 0.5, 0.0]], [[0.0, 0.5, 1.0]], [[0.4, 0.5, 0.5]]])
    refused = np.array([[[False, True, True]], [[True, False, False]], [[False, False, False]]])
    space = PackageSpace(("a", "b", "c"), (days,), (worth,), (refused,), np.array([0.2, 0.2, 0.2]))
    conflict = smallest_conflict(space)
    assert (set(conflict.parties), set(conflict.issues)) == ({"a", "b"}, {"days"})
    (change,) = smallest_relaxations(space)
    assert change.kind == "red lines"
    assert change.lifted == (("a", "days"),)  # at four days both have enough
    assert change.package == {"days": 4.0}


def one_party(*, floor: float) -> UtilityModel:
    """Somebody who counts captives and what follows equally, and refuses to have none free."""
    known = Range.exactly
    return UtilityModel(
        "a",
        {
            "captives": ValueFunction((0.0, 100.0), (known(0.0), known(1.0))),
            "after": ValueFunction(("fight", "stop"), (known(1.0), known(0.0))),
        },
        {"captives": known(1.0), "after": known(1.0)},
        known(floor),
        {"captives": RedLine(least=1.0)},
    )


def test_what_was_put_on_the_table_is_the_reason_not_what_a_party_wants_at_all() -> None:
    """With half the captives and a stop it has a quarter; with one of the two as it likes, a half or more."""
    fixed = [Block(("captives",), ((50.0,),)), Block(("after",), (("stop",),))]
    assert smallest_conflict(package_space_of([at_likeliest_values(one_party(floor=0.2))], fixed)) is None
    conflict = smallest_conflict(package_space_of([at_likeliest_values(one_party(floor=0.4))], fixed))
    assert (conflict.parties, conflict.issues) == (("a",), ("captives", "after"))
    refused = [Block(("captives",), ((0.0,),)), Block(("after",), (("fight",),))]
    conflict = smallest_conflict(package_space_of([at_likeliest_values(one_party(floor=0.2))], refused))
    assert (conflict.parties, conflict.issues) == (("a",), ("captives",))


def test_the_fewest_terms_are_changed_and_by_the_fewest_steps() -> None:
    seen = 0
    for space in NO_DEAL:
        options = [block.options for block in space.blocks]
        proposed = {block.issues[0]: block.options[0][0] for block in space.blocks if len(block.issues) == 1}
        prices = {}
        for choice in product(*(range(len(block)) for block in options)):
            sums = sum(worth[:, :, o].sum(axis=1) for worth, o in zip(space.worth, choice, strict=True))
            refused = any(no[:, :, o].any() for no, o in zip(space.refused, choice, strict=True))
            if not refused and (sums >= space.reservation - 0.2 - 1e-9).all():
                far = [(o, len(block.options)) for o, block in zip(choice, space.blocks, strict=True)
                       if block.issues[0] in proposed and len(block.issues) == 1]  # fmt: skip
                prices[choice] = sum(1 + 1e-3 * o / size for o, size in far if o)
        terms = nearest_terms(replace(space, reservation=space.reservation - 0.2), proposed)
        assert (terms is None) == (not prices)
        if terms is not None:
            seen += 1
            choice = tuple(
                block.options.index(tuple(terms.package[issue] for issue in block.issues)) for block in space.blocks
            )
            assert prices[choice] == pytest.approx(min(prices.values()), abs=1e-6)
    assert seen > 20
