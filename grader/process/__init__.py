"""The judge's end of the worker processes: starts, talks to, limits and stops them."""
