"""What all tests share: every run tries the same examples, so that a failure is one of the change at hand.

``pytest --hypothesis-profile=search`` tries others each time, and many more of them, to hunt for what these miss.
"""

from hypothesis import settings

# No deadline: the first example may compile. See tests/examples.py for what max_examples stands for.
settings.register_profile("same", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", derandomize=False, deadline=None, print_blob=True, max_examples=2000)
settings.load_profile("same")  # an option on the command line comes later, and wins
