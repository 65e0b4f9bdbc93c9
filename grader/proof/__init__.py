"""Whether a submission is proved to compute what the reference computes."""
