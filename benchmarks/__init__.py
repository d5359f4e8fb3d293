"""Measurements against other solvers, one file per claim."""
