"""``letup sign``: vouch for a written plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def sign(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Folder that letup plan wrote.")] = None,
    key: Annotated[Path | None, typer.Option(help="Private key to sign with (Ed25519: PEM or OpenSSH).")] = None,
    new_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Make a key pair: FILE, which stays with you, and FILE.pub.")
    ] = None,
) -> None:
    """Sign all files of a plan, so that a recipient knows who wrote it; or make a key for it."""
    from letup.cli.terminal import show, show_written
    from letup.core.errors import LetupError
    from letup.plan.files import signature

    if new_key is not None:
        public = signature.make_key(new_key)
        show_written((new_key, public))
        show(f"Keep {new_key} to yourself. Give {public} to those who are to check what you sign, in person.")
    if folder is not None:
        private = key if key is not None else new_key
        if private is None:
            message = "There is no key to sign with"
            raise LetupError("sign.key", message, "Name one with --key, or make one with --new-key FILE.")
        show_written(
            [signature.sign(folder, private)],
            f"Check it: letup verify {folder} --signed-by {private.with_name(private.name + '.pub')}",
        )
    elif new_key is None:
        raise LetupError("sign.key", "There is nothing to sign", "Name the folder of a plan, or --new-key FILE.")
