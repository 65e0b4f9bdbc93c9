"""Builds the website from the texts of the project: `python -m website`, or `make docs`.

Nothing is written for the site alone but how its pages are put together.
"""
