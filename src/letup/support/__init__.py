"""What parties could accept, what would gain their yes, and why there is no deal."""
