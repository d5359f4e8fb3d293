"""Pieces of the build of the reference scenario: one layer or table per file."""
