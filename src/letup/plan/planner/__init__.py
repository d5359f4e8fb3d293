"""Make a plan: choose the pauses, move the people, say what bounds it."""
