"""The one way in which a certificate is refused."""

from __future__ import annotations

from letup.core.errors import LetupError


def refused(what: str) -> LetupError:
    """The error that says what is wrong with a certificate."""
    return LetupError(
        "pauses.certificate", f"The certificate does not hold: {what}.", "Use the certificate of the same problem."
    )
