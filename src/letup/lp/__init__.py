"""Linear programs: one builder, one way to run HiGHS, and duals that certify what it says."""
