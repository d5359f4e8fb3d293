"""letup plans humanitarian pauses, and helps to agree on them."""

from pathlib import Path as _Path

from letup.core.compiled_code import drop_compiled_code_of_other_sources as _drop
from letup.core.compiled_code import find_place_for_compiled_code as _find

__version__ = "0.1.0"

_find(_Path(__file__).parent)
_drop(_Path(__file__).parent)
