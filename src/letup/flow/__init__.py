"""The engine: earliest-arrival flow over time through quiet arcs, its cut, its routes."""

from letup.flow.engine import Flow, earliest_arrival
from letup.flow.result import Cut, Route
from letup.roads.timed_network import TimedNetwork

__all__ = ["Cut", "Flow", "Route", "TimedNetwork", "earliest_arrival"]
