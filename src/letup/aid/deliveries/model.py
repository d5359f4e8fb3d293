"""Deliveries: their tables, declared in ``tables.csv``, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from letup.aid.balance import Balance
from letup.aid.deliveries.need import Need
from letup.core.arrays import Floats
from letup.core.findings import Finding
from letup.tables import schemas

DELIVERIES = schemas("letup.aid.deliveries")["deliveries.csv"]
RETURNS = schemas("letup.aid.deliveries")["returns.csv"]


@dataclass(frozen=True, repr=False)
class Deliveries:
    """What is brought where and when, and what it is good for. E essentials, Z zones.

    Attributes
    ----------
    table, returns : DataFrame
        Deliveries and the ways back, tables as `DELIVERIES` and `RETURNS` declare them.
    need : Need
        What is needed and met without deliveries, by local day.
    used : float64[D, E, Z]
        What of the deliveries, and of what was made of them, meets a need, by local day.
    zone_ids : tuple of str
        Zones in the order of the arrays.
    value, value_without : float
        Person-days of need met with diminishing value (the aim), with and without deliveries.
    total, total_without : float
        Person-days of need met, each person-day of each essential counted once.
    bound : float
        Proven: with these quiet windows, no deliveries reach a larger ``value``.
    certificate : float64[rows]
        Duals that prove it: see `letup.aid.deliveries.daily_program.proven_bound`.
    balance : Balance or None
        Stocks followed with deliveries at the moment they arrive; None if not asked for.
    findings : tuple of Finding
        What was left out and why.
    seconds : float
        Time it took.
    """

    table: pd.DataFrame
    returns: pd.DataFrame
    need: Need
    used: Floats
    zone_ids: tuple[str, ...]
    value: float
    value_without: float
    total: float
    total_without: float
    bound: float
    certificate: Floats
    balance: Balance | None
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        """How far below the bound: (bound - value) / what deliveries add to the value; inf if they add nothing."""
        added, left = self.value - self.value_without, self.bound - self.value
        if left <= 1e-6 * max(self.bound, 1.0):
            return 0.0
        return left / added if added > 0 else float("inf")

    @property
    def met(self) -> pd.DataFrame:
        """Need met over the horizon: one row for each zone, one column for each essential, in its unit."""
        return self._frame((self.need.met + self.used).sum(axis=0))

    @property
    def unmet(self) -> pd.DataFrame:
        """Need not met over the horizon, as `met`."""
        return self._frame(np.maximum((self.need.missing - self.used).sum(axis=0), 0.0))

    @property
    def shares(self) -> Floats:
        """float64[E, Z]: share of the need of the horizon met with deliveries; NaN where nothing is needed."""
        return _share((self.need.met + self.used).sum(axis=0), self.need.need.sum(axis=0))

    @property
    def shares_without(self) -> Floats:
        """The same without deliveries."""
        return _share(self.need.met.sum(axis=0), self.need.need.sum(axis=0))

    @property
    def worst_served(self) -> tuple[str, str, float] | None:
        """Zone and essential of which the smallest share of the need is met, and the share; None without any need."""
        worst_pair = worst(self.need, self.used)
        return (
            (self.zone_ids[worst_pair[1]], self.need.names[worst_pair[0]], worst_pair[2])
            if worst_pair is not None
            else None
        )

    def _frame(self, amounts: Floats) -> pd.DataFrame:
        index = pd.Index(self.zone_ids, name="zone")
        return pd.DataFrame({name: amounts[item] for item, name in enumerate(self.need.names)}, index)

    def __repr__(self) -> str:
        """Say in one line what they come to."""
        trucks = int(self.table["trucks"].sum()) if len(self.table) else 0
        return (
            f"Deliveries: {len(self.table)} with {trucks:,} truckloads; {self.total - self.total_without:,.0f} "
            f"person-days of need met more, within {self.gap:.1%} of the bound"
        )


def _share(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, np.minimum(part / whole, 1.0), np.nan)


def worst(need: Need, used: Floats) -> tuple[int, int, float] | None:
    """Numbers of the essential and zone of which the smallest share of the need is met; None without any need."""
    shares = _share((need.met + used).sum(axis=0), need.need.sum(axis=0))
    if not np.isfinite(shares).any():
        return None
    item, zone = np.unravel_index(int(np.nanargmin(shares)), shares.shape)
    return int(item), int(zone), float(shares[item, zone])


def arrivals_of(table: pd.DataFrame, returns: pd.DataFrame) -> list[tuple[str, str, float, int]]:
    """Essential, zone, amount and step of unloading of each delivery, as `letup.aid.deliveries.need.delivered` asks."""
    columns = (table["item"], table["zone"], table["amount"], returns["free_step"])
    return list(zip(*(column.tolist() for column in columns), strict=True))
