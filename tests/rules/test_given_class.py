"""The task's own class, written where a program imports it."""

from __future__ import annotations

import msgspec
import pytest

from grader.catalogue import exercises
from grader.evidence import Evidence
from grader.evidence.edits.given import import_replaced
from grader.evidence.settings import given_class
from grader.model.edit import Edited
from grader.model.exercise import Exercise
from grader.model.observation import Span, between
from grader.model.source import Source
from grader.model.transcript import Transcript

STARTER = '''\
import flax.linen as nn
import jax.numpy as jnp


class Other(nn.Module):
    pass


class Layer(nn.Module):
    """A layer."""

    @nn.compact
    def __call__(self, x):
        return jnp.tanh(nn.Dense(2)(x))
'''
CLASS = STARTER.partition("pass\n\n\n")[2].rstrip("\n")
SHARED = next(each.exercise for each in exercises() if each.exercise.level == 1)
TASK = msgspec.structs.replace(SHARED, module="Layer", given=STARTER)
LINE = "from task import Layer"


def replaced(text: str, line: str = LINE, exercise: Exercise = TASK) -> str:
    source = Source("s.py", text)
    evidence = Evidence(Transcript(exercise=exercise, source=source))
    return Edited(source, import_replaced(evidence, span_of(text, line))).text


def span_of(text: str, part: str) -> Span:
    line = next(n for n, each in enumerate(text.splitlines(), 1) if part in each)
    return between((line, 1), (line, 1 + len(part)))


REMAT = next(each.exercise for each in exercises() if each.exercise.slug == "nn-remat-block")


def test_the_class_of_the_task_is_named_whether_or_not_it_is_declared() -> None:
    assert given_class(TASK) == "Layer"
    assert given_class(REMAT) == "Block"
    assert given_class(msgspec.structs.replace(TASK, module="")) == "the module"
    assert given_class(msgspec.structs.replace(SHARED, given="")) == "nn.Dense"


BOTH = "import flax.linen as nn\nimport jax.numpy as jnp\n"
REPLACED = {
    "all is imported": (f"{BOTH}{LINE}\n\ny = 1\n", f"{BOTH}{CLASS}\n\ny = 1\n"),
    "a name is missing": (
        f"import jax.numpy as jnp\n{LINE}\n\ny = 1\n",
        f"import jax.numpy as jnp\nimport flax.linen as nn\n\n\n{CLASS}\n\n\ny = 1\n",
    ),
    "the line before stays": (
        f"from task import Data\n{BOTH}{LINE}\n",
        f"from task import Data\n{BOTH}{CLASS}\n",
    ),
}
KEPT = {
    "two names": f"{BOTH}from task import Layer, Other\n",
    "another name": f"{BOTH}from task import Layer as Mine\n",
    "another class": f"{BOTH}from task import Other\n",
    "no import from": f"{BOTH}import Layer\n",
    "a name with another meaning": f"import jax.numpy as jnp\nimport numpy as nn\n{LINE}\n",
    "a name of the file's own": f"import jax.numpy as jnp\nnn = 1\n{LINE}\n",
}


@pytest.mark.parametrize("name", REPLACED)
def test_an_import_of_the_tasks_class_becomes_the_class(name: str) -> None:
    before, after = REPLACED[name]
    assert replaced(before) == after


@pytest.mark.parametrize("name", KEPT)
def test_another_import_stays(name: str) -> None:
    text = KEPT[name]
    assert (
        replaced(text, next(e for e in text.splitlines() if "Layer" in e or "Other" in e)) == text
    )


STARTERS = {
    "a decorated class": STARTER.replace("class Layer", "@final\nclass Layer"),
    "no such class": STARTER.replace("class Layer", "class Dense"),
    "no program": "class Layer(",
    "nothing": "",
}


@pytest.mark.parametrize("given", STARTERS.values(), ids=STARTERS.keys())
def test_without_a_plain_class_in_the_starter_nothing_is_written(given: str) -> None:
    exercise = msgspec.structs.replace(TASK, given=given)
    text = f"{BOTH}{LINE}\n"
    assert replaced(text, exercise=exercise) == text
