"""What every room stands on: errors, findings and their codes, folders, work in parallel, compiled code."""
