"""What confirms a bound with numpy alone: the rows of the relaxation, its cuts, its tree, and their check."""
