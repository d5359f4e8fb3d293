"""What the model says of days in November 2023, held against what was counted."""
