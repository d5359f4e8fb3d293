"""What all tests share: the examples they try, and the order in which files are handed to the workers.

Every run tries the same examples, so that a failure is one of the change at hand.
``pytest --hypothesis-profile=search`` tries others each time, and many more of them, to hunt for what these miss.
"""

import os
import signal

import pytest
from hypothesis import settings

from tests.plans import (  # noqa: F401 - fixtures for all
    example,
    hungry,
    hungry_case,
    hungry_plan,
    made,
    made_with_progress,
    one_day,
    progress_of_made,
    written,
)

# No test needs its GeoPackages after the machine went down: do not wait for the disk at each layer.
os.environ.setdefault("OGR_SQLITE_SYNCHRONOUS", "OFF")

# A shell ignores Ctrl-C in what it runs in the background, and so would all that is started from there.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: the first example may compile. See tests/examples.py for what max_examples stands for.
settings.register_profile("same", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", derandomize=False, deadline=None, print_blob=True, max_examples=2000)
settings.load_profile("same")  # an option on the command line comes later, and wins

LONGEST = [
    "docs/test_pages.py",
    "verify/test_verification.py",
    "pauses/test_enumeration.py",
    "plan/test_objectives.py",
    "plan/test_frontier.py",
    "cli/test_json.py",
    "cli/test_frontier.py",
    "plan/test_make.py",
    "cli/test_plan.py",
]
"""Files that take longest. They come first, or one worker would still be at them when the others have finished."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Longest files first, the others as they are."""
    first = {f"tests/{name}": i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(item.nodeid.partition("::")[0], len(first)))
