"""What the benchmarks measure against: problems made from a seed, other solvers, and bounds."""
