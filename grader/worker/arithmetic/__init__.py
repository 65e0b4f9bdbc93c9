"""Runs small compiled programs of jax in NumPy, because compiling them takes longer.

jax sends every operation, and every function that is jitted, to XLA: it is lowered, compiled or
loaded from a cache, and run. On arrays of a few dozen numbers nearly all of that time is spent
before the first number is calculated. So here a program (a jaxpr) that consists of well-known
operations on small arrays runs in NumPy, the first times. All else is up to XLA, as always: other
operations, large arrays, long loops, settings that change what is calculated, and programs that
run often (`tiers.py`). What jax does in Python, such as tracing, types, errors and `nn.vmap`,
isn't touched.

    tiers.py         which programs run here; the hook into jax
    shortcuts.py     the second hook: to come here without jax's detours
    evaluation.py    a jaxpr as a list of steps, and its run
    kernels.py       the table: for each primitive its function
    elementwise.py shaping.py indexing.py reducing.py products.py random_numbers.py
                     these functions, by kind
"""
