"""proof.npz: what confirms the ceiling and the bounds of a plan, as arrays of numbers."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.pauses.certificates.arrays import from_arrays, to_arrays
from letup.plan.model import Plan, Proof

PROOF = "proof.npz"
_PEOPLE = "people/"
_LARGEST_BYTES = 2_000_000_000


def has_proof(plan: Plan) -> bool:
    """Whether anything about a plan is proven by more than its scenario."""
    proof = plan.proof
    return proof.people is not None or proof.need is not None or proof.deliveries is not None


def write_proof(proof: Proof, path: Path) -> None:
    """Write a proof; arrays are compressed, without any time in them, so that the same proof is the same file."""
    arrays: dict[str, Any] = {}
    if proof.people is not None:
        arrays |= {f"{_PEOPLE}{name}": array for name, array in to_arrays(proof.people).items()}
    for name in ("need", "deliveries"):
        duals = getattr(proof, name)
        if duals is not None:
            arrays[name] = duals
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def read_proof(path: Path) -> Proof:
    """Read a proof; nothing in it is trusted.

    Raises
    ------
    LetupError
        ``plan.proof`` if it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > _LARGEST_BYTES:
                raise ValueError("is too large")
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: np.asarray(stored[name]) for name in stored.files}
    except (OSError, ValueError, EOFError, KeyError, NotImplementedError, zipfile.BadZipFile) as error:
        message = f"{path.name} cannot be read: {error}"
        raise LetupError("plan.proof", message, "Use the file that was written with the plan.") from error
    people = {name.removeprefix(_PEOPLE): array for name, array in arrays.items() if name.startswith(_PEOPLE)}
    unknown = sorted(name for name in arrays if not name.startswith(_PEOPLE) and name not in ("need", "deliveries"))
    if unknown:
        message = f"{path.name} holds {', '.join(unknown)[:80]}, which proves nothing"
        raise LetupError("plan.proof", message, "Use the file that was written with the plan.")
    return Proof(from_arrays(people) if people else None, _duals(arrays, "need"), _duals(arrays, "deliveries"))


def _duals(arrays: dict[str, NDArray[np.generic]], name: str) -> NDArray[np.float64] | None:
    if name not in arrays:
        return None
    if arrays[name].dtype.kind != "f":
        raise LetupError(
            "plan.proof", f"{PROOF}: {name} are no numbers", "Use the file that was written with the plan."
        )
    return arrays[name].astype(np.float64)
