"""Steps of a scenario as local times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from letup.scenario.model import Scenario


@dataclass(frozen=True)
class Clock:
    """Steps of a scenario as local times.

    Attributes
    ----------
    start : datetime
        Start of step 0, with a time zone.
    zone : ZoneInfo
        Zone of the local times.
    step_minutes : int
        Length of one step, minutes.
    steps : int
        Steps in the plan.
    """

    start: datetime
    zone: ZoneInfo
    step_minutes: int
    steps: int

    @classmethod
    def of(cls, scenario: Scenario) -> Clock:
        """Clock of a scenario."""
        return cls(scenario.start, scenario.local, scenario.step_minutes, scenario.steps)

    def at(self, step: int) -> datetime:
        """Local time at which a step starts."""
        # in UTC, so that steps stay equally long when the clocks change
        moment = self.start.astimezone(UTC) + timedelta(minutes=self.step_minutes * int(step))
        return moment.astimezone(self.zone)

    def offsets(self) -> list[list[int]]:
        """Minutes by which local time is ahead of UTC: [first step, minutes], one for each change."""
        out: list[list[int]] = []
        for step in range(0, self.steps + 1, max(1, 60 // self.step_minutes)):
            ahead = self.at(step).utcoffset() or timedelta()
            minutes = int(ahead.total_seconds()) // 60
            if not out or out[-1][1] != minutes:
                out.append([step, minutes])
        return out

    def days(self) -> list[tuple[int, datetime]]:
        """First step on or after each local midnight (and step 0), with its local time."""
        out: list[tuple[int, datetime]] = [(0, self.at(0))]
        for step in range(1, self.steps):
            moment = self.at(step)
            if moment.date() != out[-1][1].date():
                out.append((step, moment))
        return out
