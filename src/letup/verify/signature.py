"""Check who signed a plan."""

from __future__ import annotations

from pathlib import Path

from letup.core.findings import finding
from letup.plan.files.signature import wrong_with_signature
from letup.verify.result import Verification


def check_signature(folder: Path, key: Path, result: Verification) -> None:
    """Note what is wrong with the signature of a plan by the owner of a public key."""
    for name, message in wrong_with_signature(folder, key):
        result.problems.append(finding("verify.signature", message, file=name))
    result.done("the signature over all files", 1)
