"""The nouns of a grading, one a file. They need the standard library, NumPy and msgspec alone."""
