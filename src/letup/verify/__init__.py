"""Recompute a written plan from its files, without the solver that made it."""

from letup.verify.verification import Verification, verify

__all__ = ["Verification", "verify"]
