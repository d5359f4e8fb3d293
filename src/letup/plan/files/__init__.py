"""The files of a plan: their shape, writing them, and the digests that locate a change."""
