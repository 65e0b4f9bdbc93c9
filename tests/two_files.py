"""A course with one exercise that allows `helpers.py`, made of a shipped one."""

from __future__ import annotations

from pathlib import Path

from grader.catalogue import shipped

MAIN = """\
from helpers import lifted, make_key


def two_file_forward(seed, x_batch, features):
    model = lifted()(features=features)
    variables = model.init(make_key(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
"""
HELPERS = """\
import flax.linen as nn
import jax


def make_key(seed):
    return jax.random.PRNGKey(seed)


def lifted():
    return nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
"""
WRONG = HELPERS.replace('"params": None', '"params": 0')
STARTER = """\
from helpers import make_key


def two_file_forward(seed, x_batch, features):
    make_key(seed)
    raise NotImplementedError("lift nn.Dense")
"""


def write_course(root: Path) -> Path:
    """Write it, and return the exercise's folder."""
    exercises, solutions = shipped()
    folder = root / "exercises" / "two_files"
    folder.mkdir(parents=True)
    (root / "solutions").mkdir()
    own = exercises / "nn_vmap_shared"
    for source, target in (
        (own / "exercise.py", folder / "exercise.py"),
        (own / "README.md", folder / "README.md"),
        (own / "hints.md", folder / "hints.md"),
        (solutions / "nn_vmap_shared.py", root / "solutions" / "two_files.py"),
    ):
        text = source.read_text(encoding="utf-8").replace("nn_vmap_forward", "two_file_forward")
        text = text.replace('slug="nn-vmap-shared"', 'slug="two-files", files=("helpers.py",)')
        target.write_text(text, encoding="utf-8")
    (folder / "starter.py").write_text(STARTER, encoding="utf-8")
    (folder / "helpers.py").write_text(HELPERS.partition("\n\n\ndef lifted")[0] + "\n", "utf-8")
    return folder


def hand_in(folder: Path, helpers: str = HELPERS, main: str = MAIN, name: str = "mine.py") -> Path:
    """Write a program and its helper, and return the program."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(main, encoding="utf-8")
    (folder / "helpers.py").write_text(helpers, encoding="utf-8")
    return folder / name
