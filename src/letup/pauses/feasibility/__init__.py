"""Whether any pauses keep to the limits, and if not, why and what would have to give way."""
