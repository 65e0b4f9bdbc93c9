"""The data types of a grading, one per file; they import only NumPy, msgspec and Python's own."""
