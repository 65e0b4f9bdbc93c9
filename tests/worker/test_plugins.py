"""No plugin is looked for, and jax runs on the CPU all the same."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import importlib.metadata

def refused(*_, **__):
    raise AssertionError("somebody reads the metadata of all packages")

import jax.numpy as jnp
from grader.worker.plugins import skip_plugins

skip_plugins()
importlib.metadata.entry_points = refused
print(int(jnp.ones(3).sum()), jnp.ones(3).devices())
"""


def test_no_metadata_is_read_for_the_first_array() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "JAX_PLATFORMS": "cpu"},
    )
    assert ran.stdout.split() == ["3", "{CpuDevice(id=0)}"], ran.stderr
