"""Plans against each other: people who get out against how much pause there is, or against need met."""
