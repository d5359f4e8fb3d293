"""A frontier: plans with people who get out on one axis, and what they are set against on the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from letup.pauses.limits import Window
from letup.scenario.model import Scenario

PEOPLE_NOTE = "People: who reach a shelter when the groups move one after the other, each at its own speed."
ENDED_NOTE = "Searches were ended by their time or by hand: better plans may exist, up to what is proven."


@dataclass(frozen=True)
class PlanPoint:
    """One plan of a frontier.

    Attributes
    ----------
    windows : tuple of Window
        The pauses.
    used : float
        Their length together, zone-hours; or what they cost the parties, where that is what people are set against.
    people : int
        Who reach a shelter under these windows when the groups move one after the other, each at its own speed.
    """

    windows: tuple[Window, ...]
    used: float
    people: int


@dataclass(frozen=True)
class Frontier(ABC):
    """Plans of a scenario against each other, with what is proven of all others.

    Attributes
    ----------
    scenario : Scenario
        The world as given.
    points : tuple of PlanPoint
        The plans, in order.
    want_to_leave : int
        The denominator of every share of people.
    complete : bool
        False if any search was ended early.
    """

    scenario: Scenario
    points: tuple[PlanPoint, ...]
    want_to_leave: int
    complete: bool

    @property
    @abstractmethod
    def against(self) -> Literal["zone_hours", "concession", "need"]:
        """What people are set against."""

    @abstractmethod
    def budget_of(self, index: int) -> float:
        """What the pauses of a point may take of zone-hours or concession; what they take, if nothing else is said."""

    @abstractmethod
    def name_of(self, index: int) -> str:
        """What the file of a point's pauses is called by: its budget, or its number."""

    @abstractmethod
    def answer(self) -> str:
        """The two ends in one sentence."""

    @abstractmethod
    def notes(self) -> list[str]:
        """How to read the table."""

    @abstractmethod
    def text_table(self) -> tuple[Sequence[str], list[list[str]]]:
        """Headings and rows for the terminal; a row of two cells is a point without a plan, and why."""

    @abstractmethod
    def records(self) -> list[dict[str, Any]]:
        """Rows of frontier.csv; what is not known is None."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What frontier.json says beside the points and what all frontiers say."""
