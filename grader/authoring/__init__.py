"""For authors: the skeleton of an exercise, its labels, its mutants, and whether it is right."""
