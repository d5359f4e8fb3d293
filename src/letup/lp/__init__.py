"""Linear programs: one builder (program), one way to run HiGHS (solver, highs), and duals that prove bounds."""
