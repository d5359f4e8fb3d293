"""The reference page on speeds and capacities, made from the table."""

from __future__ import annotations

from letup.roads import classes, noding, through_arcs
from letup.roads import departures as people
from letup.roads.build import PLACE_LIMIT_M
from letup.roads.timed import CONTROL_MINUTES, DOOR_MINUTES, WALK_KMH
from letup.tables import markdown

_TOP = """# Roads: speeds, capacities and how they become steps

<!-- Made by `make pages`; change the table or the code, not this page. -->

Where a road in `roads.geojson` says nothing of its own, its class says what it carries. The values are
cautious design values, not the most that was ever seen: a plan that needs the physical maximum is no plan.

The last two columns are per hour and direction, for the width and lanes given.

"""

_COLUMNS = (
    "class",
    "vehicles, km/h",
    "lanes",
    "width, m",
    "vehicles per lane and hour",
    "people on foot per m and minute",
    "people on foot per hour",
    "vehicles per hour",
)

_REST = """
**On foot.** A road carries in each direction half its width times the people per metre and minute. The
Highway Capacity Manual (2000, chapter 18) puts walkways with 23 to 33 people per metre and minute at level
of service C and with 49 to 75 at level E, its capacity; FHWA-RD-98-107 (1998) recommends 75 as the capacity,
and Weidmann (1993) gives 1.225 people per metre and second, 73.5 a minute, at 1.75 people per square metre.
Letup uses 33: families with luggage, children and wheelchairs do not move like commuters.
Figures and chapters of the Highway Capacity Manual are given as other publications quote the edition of 2000;
check them against the edition in force before a plan hangs on them.

**By vehicle.** Lanes are those of both directions together; a lane shared by both counts half for each.
The Highway Capacity Manual (2000) gives 1,700 vehicles per hour for one direction of a two-lane road
(chapter 20) and 1,900 to 2,400 per lane for roads with more (chapters 21 and 23), all in ideal conditions.
Where `lanes_forward` and `lanes_backward` say how the lanes are shared out, each direction has its own.

**Lorries** are vehicles that keep off roads with a `lorry_tonnes` below their weight; 0 closes a road to them alone.

**Damage** takes its share of both capacities; at 1 the road is closed. **One-way** binds vehicles only.

**Speed.** People on foot walk at the speed of their group; vehicles drive at the lower of their group's
speed and the road's.

**Checkpoints** let through what `throughput_per_hour` says while they are open, in both directions and for
all groups together, and take {control:g} minutes to pass (assumed). All ways through their point of the road
go through them. Letup says so when there is a way round.

**Mobilisation.** The share of those who want to leave who are ready to after *t* hours is
1 - 2^-((t / half time)^2), a Rayleigh curve with the half time as its median, cut off where {ready:.1%} are ready.
They are counted {counts} times in each half time, always at the end of the time between, so that nobody is early.
Its use for evacuation goes back to Tweedie and others, *A methodology for estimating emergency evacuation
times*, Social Science Journal 23(2), 1986. From the door to the road people take {door:g} minutes (assumed).
Groups that go by vehicle walk, or are carried, to the nearest road open to vehicles at {walk:g} km/h (assumed).

## From lines to a network

- Roads are joined where they share a vertex, where their ends lie within {snap:g} m of each other, and where an
  end lies within {snap:g} m of another road. A crossing without a shared vertex is a bridge. Roads of different
  `level` are joined at their ends only.
- Roads that name both their ends (`from_node`, `to_node`), as imported ones do, meet each other only where they name
  the same point, however near they pass: a bridge stays apart from the road below it. Roads that name none are joined
  by position, to these as well, so that a road drawn by hand meets what it touches. If you split or move a road that
  names its ends, empty both cells or give the new point a name in all roads that meet there; `letup check` tells.
- Roads are cut at zone borders, so that each arc lies in one zone. A stretch of less than {sliver:g} m cut off by a
  border stays with its neighbour: borders are not drawn finer.
- A place stands at the nearest point of a road within {limit:g} m that all groups can use; a checkpoint
  never on modelled walking access. A place farther away is left off, with a finding.
- People of a zone start in equal parts from the ends of the `access` roads in it; without such, from all
  junctions in it.

## From minutes to steps

The time from each node to the nearest shelter is rounded, and an arc of a quickest route takes the
difference between its ends, so that rounding does not add up along a route. An arc takes at least one step.
Where junctions follow each other in less than a step, through arcs pass several at once with {through:.0%} of the
road's capacity; the rest stays for those who join or leave on the way. The two never carry more than the road.
Each plan states the worst error of a quickest route, in per cent of its true time.

## Where the values come from

"""


def page() -> str:
    """Return the text of docs/reference/roads.md."""
    lines = [_TOP.rstrip("\n"), "", "| " + " | ".join(_COLUMNS) + " |", "|" + "---|" * len(_COLUMNS)]
    for name in classes.table().index:
        road_class = classes.of(str(name))
        on_foot = 0.5 * road_class.width_m * road_class.foot_per_m_minute * 60
        vehicles = 0.5 * road_class.lanes * road_class.vehicles_per_lane_hour
        cells = [
            road_class.vehicle_kmh,
            road_class.lanes,
            road_class.width_m,
            road_class.vehicles_per_lane_hour,
            road_class.foot_per_m_minute,
            on_foot,
            vehicles,
        ]
        lines.append(
            "| " + " | ".join([road_class.name, *("-" if not value > 0 else f"{value:,g}" for value in cells)]) + " |"
        )
    rest = _REST.format(
        control=CONTROL_MINUTES,
        ready=people.READY_END,
        counts=people.READY_COUNTS,
        door=DOOR_MINUTES,
        walk=WALK_KMH,
        snap=noding.SNAP_M,
        sliver=noding.SLIVER_M,
        limit=PLACE_LIMIT_M,
        through=through_arcs.THROUGH,
    )
    lines.append(rest.rstrip("\n") + "\n")
    lines += [f"- **{name}**: {classes.of(str(name)).source}" for name in classes.table().index]
    lines += ["", "The table is `classes.csv`, which comes with letup in `letup/roads/`:", ""]
    lines.append(markdown(classes.CLASSES.columns))
    return "\n".join(lines)
