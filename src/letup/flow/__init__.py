"""The engine: earliest-arrival flow over time through quiet arcs, its cut, its routes, and what if."""

from letup.flow.engine import Flow, earliest_arrival
from letup.flow.evaluation import Evaluation
from letup.flow.result import Cut, Route
from letup.roads.timed_network import TimedNetwork

__all__ = ["Cut", "Evaluation", "Flow", "Route", "TimedNetwork", "earliest_arrival"]
