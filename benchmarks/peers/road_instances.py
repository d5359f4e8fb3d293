"""Benchmark instances, made from a seed: planar road-like networks and pause problems on them.

Both functions return plain numpy arrays under the names that ``letup.flow.TimedNetwork``
takes, so the same instance can be given to any other solver.
"""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay


def road_network(nodes: int, seed: int = 1, arcs_per_node: float = 2.5, room: float = 1.1) -> dict:
    """A connected planar road network: a spanning tree plus the shorter Delaunay edges.

    One step is 5 minutes; ``transit`` follows from length and a speed class of 30, 50 or
    70 km/h, ``capacity`` from 600, 1000 or 1800 people per hour. A tenth of the nodes hold
    10 to 299 people each; one node in a thousand (at least two) is a shelter, and together the
    shelters have ``room`` times the number of people. People may wait anywhere. ``zone`` is a
    4 x 4 grid over the arcs' starts, ``xy`` is in km.
    """
    rng = np.random.default_rng(seed)
    side = 1.4 * np.sqrt(nodes)
    xy = rng.random((nodes, 2)) * side
    edges, length = _edges(xy, int(arcs_per_node * nodes / 2), rng)
    speed = rng.choice([30, 50, 70], len(edges), p=[0.5, 0.35, 0.15])
    per_hour = np.where(speed == 30, 600, np.where(speed == 50, 1000, 1800))
    transit = np.maximum(1, np.rint(length / speed * 12)).astype(np.int32)
    capacity = np.maximum(1, per_hour // 12).astype(np.int32)
    tail, head = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]

    homes = rng.choice(nodes, max(4, nodes // 10), replace=False)
    supply = np.zeros(nodes, np.int64)
    supply[homes] = rng.integers(10, 300, len(homes))
    free = np.setdiff1d(np.arange(nodes), homes)
    shelters = rng.choice(free, max(2, nodes // 1000), replace=False)
    shelter = np.zeros(nodes, np.int64)
    shelter[shelters] = int(room * supply.sum() / len(shelters))

    cell = np.minimum(3, (xy / side * 4).astype(int))
    return {
        "tail": tail.astype(np.int32),
        "head": head.astype(np.int32),
        "transit": np.r_[transit, transit],
        "capacity": np.r_[capacity, capacity],
        "supply": supply,
        "shelter": shelter,
        "wait": np.ones(nodes, bool),
        "zone": (cell[:, 0] * 4 + cell[:, 1])[tail].astype(np.int32),
        "xy": xy,
    }


def strip(nodes: int = 150, rows: int = 10, step_hours: float = 0.5, seed: int = 0, people: int = 600_000) -> dict:
    """A strip of land, 8 km x 40 km: the south is quiet, the north empties southwards on foot at 3 km/h.

    The land is cut into 2 x ``rows`` zones; arcs in the southern 35 % need no pause (zone -1).
    People (log-normal over nodes) live north of 45 %, shelters lie south of 30 %. People may
    wait at home and in the quiet south only.
    """
    rng = np.random.default_rng(seed)
    width, length = 8.0, 40.0
    xy = np.c_[rng.uniform(0, width, nodes), rng.uniform(0, length, nodes)]
    triangles = Delaunay(xy).simplices
    pairs = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    edges = np.unique(np.sort(pairs, axis=1), axis=0)
    km = np.linalg.norm(xy[edges[:, 0]] - xy[edges[:, 1]], axis=1)
    keep = km < np.quantile(km, 0.9)
    edges, km = edges[keep], km[keep]
    keep = rng.random(len(edges)) < 0.75
    edges, km = edges[keep], km[keep]
    per_step = (rng.choice([500, 1000, 4000], len(edges), p=[0.6, 0.3, 0.1]) * step_hours).astype(np.int32)
    transit = np.maximum(1, np.ceil(km / 3.0 / step_hours)).astype(np.int32)
    tail, head = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]

    middle = (xy[tail] + xy[head]) / 2
    column = np.minimum(1, (middle[:, 0] / width * 2).astype(int))
    row = np.minimum(rows - 1, (middle[:, 1] / length * rows).astype(int))
    zone = np.where(middle[:, 1] < 0.35 * length, -1, row * 2 + column)
    share = np.where(xy[:, 1] > 0.45 * length, rng.lognormal(0, 1, nodes), 0)
    supply = (share / share.sum() * people).astype(np.int64)
    south = xy[:, 1] < 0.3 * length
    return {
        "tail": tail.astype(np.int32),
        "head": head.astype(np.int32),
        "transit": np.r_[transit, transit],
        "capacity": np.r_[per_step, per_step],
        "supply": supply,
        "shelter": np.where(south, rng.uniform(5_000, 30_000, nodes), 0).astype(np.int64),
        "wait": (supply > 0) | (xy[:, 1] < 0.35 * length),
        "zone": zone.astype(np.int32),
        "xy": xy,
    }


def _edges(xy: np.ndarray, wanted: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    triangles = Delaunay(xy).simplices
    pairs = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    km = np.linalg.norm(xy[pairs[:, 0]] - xy[pairs[:, 1]], axis=1)
    n = len(xy)
    tree = minimum_spanning_tree(coo_matrix((km, (pairs[:, 0], pairs[:, 1])), shape=(n, n))).tocoo()
    code = pairs[:, 0].astype(np.int64) * n + pairs[:, 1]
    in_tree = np.isin(code, np.minimum(tree.row, tree.col).astype(np.int64) * n + np.maximum(tree.row, tree.col))
    rest = np.flatnonzero(~in_tree)
    order = np.argsort((km * (0.5 + rng.random(len(km))))[rest])
    chosen = np.r_[np.flatnonzero(in_tree), rest[order[: max(0, wanted - in_tree.sum())]]]
    return pairs[chosen], km[chosen]
