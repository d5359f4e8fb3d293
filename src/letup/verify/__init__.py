"""Recompute a written plan from its files, without the solver that made it."""

from letup.verify.result import Verification
from letup.verify.verification import verify

__all__ = ["Verification", "verify"]
