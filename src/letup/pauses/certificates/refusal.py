"""Refuse a certificate that does not hold."""

from letup.core.errors import LetupError


def refused(reason: str) -> LetupError:
    """The error that says why a certificate is refused."""
    return LetupError(
        "pauses.certificate", f"The certificate does not hold: {reason}.", "Use the certificate of the same problem."
    )
