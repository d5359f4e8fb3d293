"""The engine: earliest-arrival flow over time through quiet arcs, its cut, its routes."""

from letup.flow.engine import Flow, earliest_arrival
from letup.flow.network import TimedNetwork
from letup.flow.result import Cut, Route

__all__ = ["Cut", "Flow", "Route", "TimedNetwork", "earliest_arrival"]
