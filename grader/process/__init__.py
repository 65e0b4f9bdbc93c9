"""The judge's end of the worker processes: starting, talking to, limiting and stopping them."""
