"""`make bench`: whole-process times of a grading, as ratios to running the file once."""
