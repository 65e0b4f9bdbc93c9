"""The kernel's layers of the sandbox: what a worker does to itself before it reads learner code.

`confine.confine(policy)` is the entry point; README.md beside this file says what it holds and
what it does not. Processes, deadlines and the wire are another folder's business.
"""
