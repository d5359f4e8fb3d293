"""Sign a plan, so that whoever receives it knows who wrote it: Ed25519 over the digests of all its files.

A signature says who vouches for these very files. It does not say that they hold; `letup verify` does.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letup.core import folders
from letup.core.errors import LetupError
from letup.plan.files.document import folder_digests

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE = "signature.json"
SIGNATURE_FOLDER = folders.ResultKind(
    "signature", "a signature", "plan.folder", known_by=("plan.json",), owns=(SIGNATURE,)
)
"""A signature lies beside what it is of; a new plan makes it void."""

_PURPOSE = b"letup plan\n"
"""What stands before the digests that are signed, so that no signature for anything else is one of a plan."""


def make_key(path: Path) -> Path:
    """Make a key pair: the private key at ``path``, readable by its owner alone, the public one beside it.

    Returns
    -------
    Path
        The public key, ``path`` with ``.pub``: for all who are to check signatures.

    Raises
    ------
    LetupError
        ``sign.key`` if a file is there already, or cannot be written; ``sign.extra``.
    """
    _require_package()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = path.with_name(path.name + ".pub")
    key = Ed25519PrivateKey.generate()
    private_text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_text = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        for target, text, mode in ((path, private_text, 0o600), (public, public_text, 0o644)):
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(text)
    except OSError as error:
        message = f"{error.filename or path}: {error.strerror}"
        raise LetupError("sign.key", message, "Name a file that does not exist yet.") from error
    return public


def sign(folder: Path, key: Path) -> Path:
    """Sign all files of a plan's folder as they stand.

    Parameters
    ----------
    folder : Path
        Folder that ``letup plan`` wrote.
    key : Path
        Private key: PEM, as `make_key` or OpenSSL write it, or OpenSSH's own form.

    Returns
    -------
    Path
        The signature, which replaces an earlier one.

    Raises
    ------
    LetupError
        ``verify.folder`` if there is no plan, ``sign.key`` if the key cannot be used, ``plan.folder`` if nothing can
        be written; ``sign.extra``.
    """
    _require_package()
    from cryptography.hazmat.primitives import serialization

    if not (folder / "plan.json").is_file():
        raise LetupError("verify.folder", f"{folder} holds no plan.json", "Give the folder that `letup plan` wrote.")
    private = _private_key(key)
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    files = _digests(folder)
    document = {
        "format": 1,
        "algorithm": "Ed25519",
        "public_key": base64.b64encode(public).decode(),
        "files": files,
        "signature": base64.b64encode(private.sign(_message(files))).decode(),
    }
    with folders.replaced(folder, SIGNATURE_FOLDER) as fresh:
        (fresh / SIGNATURE).write_text(folders.json_text(document), "utf-8")
    return folder / SIGNATURE


def wrong_with_signature(folder: Path, key: Path) -> list[tuple[str, str]]:
    """What is wrong with the signature of a plan, by file; empty if the owner of a public key signed it as it stands.

    Raises
    ------
    LetupError
        ``sign.key`` if the public key cannot be used; ``sign.extra``.
    """
    _require_package()
    from cryptography.exceptions import InvalidSignature

    public = _public_key(key)
    try:
        folders.require_plain_file(folder / SIGNATURE)
        document = json.loads((folder / SIGNATURE).read_text("utf-8"))
        signed: Any = document["files"]
        signature = base64.b64decode(document["signature"], validate=True)
        if not isinstance(signed, dict):
            raise TypeError("files are no list of digests")
        public.verify(signature, _message(signed))
    except FileNotFoundError:
        return [(SIGNATURE, "is missing: nobody signed this plan")]
    except InvalidSignature:
        return [(SIGNATURE, f"was not made with the key of {key.name}")]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        return [(SIGNATURE, f"cannot be read: {error}")]
    files = _digests(folder)
    return [
        (
            name,
            "was added after signing" if name not in signed else "is missing" if name not in files else "was changed",
        )
        for name in sorted(files.keys() | signed.keys())
        if files.get(name) != signed.get(name)
    ]


def _require_package() -> None:
    """Say how to get the package that makes and checks signatures, where it is missing: not everybody needs it."""
    try:
        import cryptography  # noqa: F401
    except ImportError as error:
        message = f"Signatures need a package that is not installed ({error})"
        raise LetupError("sign.extra", message, "Install it beside letup: pip install cryptography") from error


def _digests(folder: Path) -> dict[str, str]:
    own = (SIGNATURE, folders.LIST)
    return {name: digest for name, digest in folder_digests(folder).items() if name not in own}


def _message(files: dict[str, str]) -> bytes:
    """What is signed: one line for each file."""
    return _PURPOSE + json.dumps(files, sort_keys=True, separators=(",", ":")).encode()


def _private_key(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    data = _read(path)
    openssh = b"OPENSSH PRIVATE KEY" in data
    try:
        key = (serialization.load_ssh_private_key if openssh else serialization.load_pem_private_key)(data, None)
    except Exception as error:
        raise _unusable(path, str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path, "it is not an Ed25519 key")
    return key


def _public_key(path: Path) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    data = _read(path)
    openssh = data.startswith(b"ssh-")
    try:
        key = (serialization.load_ssh_public_key if openssh else serialization.load_pem_public_key)(data)
    except Exception as error:
        raise _unusable(path, str(error)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _unusable(path, "it is not an Ed25519 key")
    return key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error


def _unusable(path: Path, why: str) -> LetupError:
    remedy = "Make one with `letup sign --new-key FILE`; sign with FILE, and check with FILE.pub."
    return LetupError("sign.key", f"{path} is no key that can be used here: {why[:120]}", remedy)
