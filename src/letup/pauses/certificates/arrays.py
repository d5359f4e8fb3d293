"""Certificates as named arrays of numbers, for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.pauses.certificates.all_quiet import AllQuietCertificate
from letup.pauses.certificates.certificate import Certificate, Cut, Grouping, Leaf, Pause, ReachCut, ShareCut, Tree
from letup.pauses.certificates.refusal import refused

Arrays = dict[str, NDArray[Any]]

_SHARE_PARTS = ("moves", "shared", "own", "homes")


def to_arrays(certificate: Certificate | AllQuietCertificate) -> Arrays:
    """All that a certificate says, as arrays of numbers."""
    if isinstance(certificate, AllQuietCertificate):
        return {"first": certificate.first, "worth": certificate.worth, "bound": np.array(certificate.bound)}
    grouping, arrays = certificate.grouping, Arrays()
    arrays["group"], arrays["lead"], arrays["bucket"] = grouping.group, grouping.lead, np.array(grouping.bucket)
    arrays["duals"], arrays["bound"] = certificate.duals, np.array(certificate.bound)
    arrays["cut_is_share"] = np.array([isinstance(cut, ShareCut) for cut in certificate.cuts], bool)
    reach = [cut for cut in certificate.cuts if isinstance(cut, ReachCut)]
    share = [cut for cut in certificate.cuts if isinstance(cut, ShareCut)]
    arrays["reach_move"] = np.array([cut.move for cut in reach], np.int64)
    arrays["reach_ends"] = _ends([len(cut.prices) for cut in reach])
    pauses = [pause for cut in reach for pause in cut.prices]
    arrays["reach_pause"] = np.array(pauses, np.int64).reshape(-1, 3)
    arrays["reach_price"] = np.array([price for cut in reach for price in cut.prices.values()], np.float64)
    arrays["share_at"] = np.array([(cut.zone, cut.step) for cut in share], np.int64).reshape(-1, 2)
    for name in _SHARE_PARTS:
        arrays[f"share_{name}"], arrays[f"share_{name}_ends"] = _joined([getattr(cut, name) for cut in share], np.int64)
    if certificate.tree is not None:
        arrays |= _tree_arrays(certificate.tree)
    return arrays


def _tree_arrays(tree: Tree) -> Arrays:
    leaves = tree.leaves
    arrays: Arrays = {"tree_columns": tree.columns, "tree_branches": tree.branches}
    arrays["leaf_rows"], arrays["leaf_ends"] = _joined([leaf.rows for leaf in leaves], np.int32)
    arrays["leaf_duals"], _ = _joined([leaf.duals for leaf in leaves], np.float64)
    arrays["leaf_valued"] = np.array([leaf.valued for leaf in leaves], bool)
    arrays["leaf_has_worth"] = np.array([leaf.worth is not None for leaf in leaves], bool)
    worths = [leaf.worth for leaf in leaves if leaf.worth is not None]
    arrays["worth_first"], arrays["worth_ends"] = _joined([worth.first for worth in worths], np.int64)
    arrays["worth_worth"], _ = _joined([worth.worth for worth in worths], np.float64)
    return arrays


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Certificate | AllQuietCertificate:
    """The certificate that arrays say.

    Raises
    ------
    LetupError
        ``pauses.certificate`` if they are none.
    """
    try:
        return _certificate(arrays)
    except (KeyError, ValueError, TypeError, IndexError, OverflowError) as error:
        raise refused(f"its arrays cannot be read ({type(error).__name__})") from error


def _certificate(arrays: Mapping[str, NDArray[Any]]) -> Certificate | AllQuietCertificate:
    bound = float(arrays["bound"])
    if "first" in arrays:
        return AllQuietCertificate(_whole(arrays["first"]), _real(arrays["worth"]), bound)
    grouping = Grouping(_whole(arrays["group"]), _whole(arrays["lead"]), int(_whole(arrays["bucket"])))
    pauses, prices = _whole(arrays["reach_pause"]).tolist(), _real(arrays["reach_price"]).tolist()
    moves = _whole(arrays["reach_move"]).tolist()
    priced: list[tuple[Pause, float]] = [((z, s, e), price) for (z, s, e), price in zip(pauses, prices, strict=True)]
    reach = [
        ReachCut(move, dict(priced[begin:end]))
        for move, (begin, end) in zip(moves, _spans(arrays["reach_ends"]), strict=True)
    ]
    parts = [
        [tuple(_whole(arrays[f"share_{name}"])[a:b].tolist()) for a, b in _spans(arrays[f"share_{name}_ends"])]
        for name in _SHARE_PARTS
    ]
    share = [
        ShareCut(zone, step, *rest)
        for (zone, step), *rest in zip(_whole(arrays["share_at"]).tolist(), *parts, strict=True)
    ]
    cuts: list[Cut] = [(share if is_share else reach).pop(0) for is_share in _flags(arrays["cut_is_share"])]
    if share or reach:
        raise ValueError("there are more cuts than are counted")
    tree = _tree(arrays) if "tree_columns" in arrays else None
    return Certificate(grouping, cuts, _real(arrays["duals"]), bound, tree)


def _tree(arrays: Mapping[str, NDArray[Any]]) -> Tree:
    first, worth = _whole(arrays["worth_first"]), _real(arrays["worth_worth"])
    # What each is said to prove is not looked at: it is added up from its worths.
    worths = [AllQuietCertificate(first[a:b], worth[a:b], np.inf) for a, b in _spans(arrays["worth_ends"])]
    rows, duals = _whole(arrays["leaf_rows"]), _real(arrays["leaf_duals"])
    leaves = []
    flags = zip(_flags(arrays["leaf_valued"]), _flags(arrays["leaf_has_worth"]), strict=True)
    for (valued, has_worth), (a, b) in zip(flags, _spans(arrays["leaf_ends"]), strict=True):
        leaves.append(Leaf(rows[a:b].astype(np.int32), duals[a:b], valued, worths.pop(0) if has_worth else None))
    return Tree(_whole(arrays["tree_columns"]), _whole(arrays["tree_branches"]), leaves)


def _ends(lengths: list[int]) -> NDArray[np.int64]:
    return np.cumsum(np.array(lengths, np.int64), dtype=np.int64)


def _joined(parts: Sequence[NDArray[Any] | tuple[int, ...]], kind: type) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Arrays one after the other, and where each ends."""
    arrays: list[NDArray[Any]] = [np.asarray(part, kind) for part in parts]
    return np.concatenate([np.zeros(0, kind), *arrays]), _ends([len(part) for part in arrays])


def _spans(ends: NDArray[Any]) -> list[tuple[int, int]]:
    """Beginning and end of each part, from where each ends."""
    edges = [0, *_whole(ends).tolist()]
    if any(b < a for a, b in pairwise(edges)):
        raise ValueError("parts end before they begin")
    return list(pairwise(edges))


def _whole(array: NDArray[Any]) -> NDArray[np.int64]:
    if array.dtype.kind not in "iu":
        raise TypeError("whole numbers are wanted")
    return array.astype(np.int64)


def _flags(array: NDArray[Any]) -> list[bool]:
    if array.dtype.kind != "b":
        raise TypeError("truth values are wanted")
    flags: list[bool] = array.tolist()
    return flags


def _real(array: NDArray[Any]) -> NDArray[np.float64]:
    if array.dtype.kind != "f":
        raise TypeError("numbers are wanted")
    return array.astype(np.float64)
