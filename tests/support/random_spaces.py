"""Random negotiations, and plain ways to settle what they come to."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from letup.support.package_space import Block, PackageSpace


def random_space(seed: int) -> PackageSpace:
    """A small negotiation; some have a deal, most do not."""
    rng = np.random.default_rng(seed)
    parties, issues = int(rng.integers(2, 5)), int(rng.integers(1, 5))
    blocks = [Block((f"i{i}",), tuple((float(v),) for v in range(rng.integers(2, 5)))) for i in range(issues)]
    if issues > 1 and rng.random() < 0.3:  # plans settle two issues together
        blocks[:2] = [Block(("i0", "i1"), tuple((float(v), f"o{v}") for v in range(rng.integers(2, 5))))]
    worth, refused = [], []
    for block in blocks:
        worth.append(rng.random((parties, len(block.issues), len(block.options))) / issues)
        refused.append(rng.random(worth[-1].shape) < rng.choice([0.0, 0.15]))
    reservation = rng.uniform(0.3, 0.9, parties) * rng.uniform(0.6, 1.1)
    names = tuple(f"p{p}" for p in range(parties))
    return PackageSpace(names, tuple(blocks), tuple(worth), tuple(refused), reservation)


def has_deal(space: PackageSpace, members: frozenset[str]) -> bool:
    """Whether some package is accepted when only these parties and issues count, by going through all packages."""
    for choice in product(*(range(len(block.options)) for block in space.blocks)):
        if all(_accepts(space, p, choice, members) for p, name in enumerate(space.parties) if name in members):
            return True
    return False


def _accepts(space: PackageSpace, party: int, choice: tuple[int, ...], members: frozenset[str]) -> bool:
    total = 0.0
    for block, worth, refused, option in zip(space.blocks, space.worth, space.refused, choice, strict=True):
        for i, issue in enumerate(block.issues):
            if issue in members:
                if refused[party, i, option]:
                    return False
                total += worth[party, i, option]
            else:
                kept = [w for w, no in zip(worth[party, i], refused[party, i], strict=True) if not no]
                total += max(kept or worth[party, i])
    return bool(total >= space.reservation[party] - 1e-9)


def all_packages(space: PackageSpace) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
    """List all packages: choices [packages, blocks], utilities [packages, parties], and whether nobody refuses them."""
    sizes = [len(block.options) for block in space.blocks]
    choices = np.indices(sizes, np.intp).reshape(len(sizes), space.size).T
    utility = np.zeros((len(choices), len(space.parties)))
    allowed = np.ones(len(choices), bool)
    for number, (worth, refused) in enumerate(zip(space.worth, space.refused, strict=True)):
        utility += worth.sum(axis=1).T[choices[:, number]]
        allowed &= ~np.asarray(refused.any(axis=(0, 1)))[choices[:, number]]
    return choices, utility, allowed
