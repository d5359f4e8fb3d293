"""Plans against each other: what more pause brings, and people against need met."""
