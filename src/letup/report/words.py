"""Numbers and times as readers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from letup.plan import answer
from letup.scenario.model import Scenario

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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


def day(moment: datetime, year: bool = False) -> str:
    """A date such as "Sat 4 Nov"."""
    text = f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}"
    return f"{text} {moment.year}" if year else text


def time(moment: datetime) -> str:
    """A time of day such as "09:00"."""
    return f"{moment:%H:%M}"


def moment(value: datetime | str, year: bool = False) -> str:
    """A local time such as "Sat 4 Nov 09:00"; texts are read as ISO 8601."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{day(when, year)}, {time(when)}" if year else f"{day(when)} {time(when)}"


def count(value: float) -> str:
    """A whole number with thousands set apart, such as "12,345"."""
    return f"{round(value):,}"


def hours(value: float) -> str:
    """Hours without idle zeros, such as "4.5"."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def share(part: float, whole: float) -> str:
    """Part of a whole in per cent, rounded as in the answer: never up to all, never down to none."""
    return answer.share(int(part), int(whole)) if whole > 0 else "–"


def listed(items: list[str]) -> str:
    """Items in one phrase: "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]
