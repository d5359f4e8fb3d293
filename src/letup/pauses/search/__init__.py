"""Search for the pauses: annealing on exact flows, on a surrogate network, and beside the proof."""
