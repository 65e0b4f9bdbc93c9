"""A class graded on several machines: Dask runs the workers, this folder gives them work."""
