"""A whole class: who handed in what, the gradebook that keeps every report, the results."""
