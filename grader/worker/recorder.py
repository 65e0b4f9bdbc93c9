"""The recorder: what is patched while a submission runs, and what was observed."""

from __future__ import annotations

from importlib import import_module

import flax.core
import jax
from flax import linen as nn
from flax.linen import module as linen_module
from flax.linen import transforms

from grader.model.observation import KeyStep, Record
from grader.model.transforms import TRANSFORMS, Transform
from grader.worker.batches import Batches
from grader.worker.foreign import Foreign
from grader.worker.keys import Keys
from grader.worker.lifted import LiftedCalls
from grader.worker.patches import Patches
from grader.worker.places import Places
from grader.worker.recording import Recording, Session
from grader.worker.roots import Roots
from grader.worker.runs import Runs
from grader.worker.steps import is_lifted_loop
from grader.worker.transforms import Transforms

_interceptors = linen_module._global_interceptor_stack  # noqa: SLF001


class Recorder:
    """Observes one submission. While its patches are installed, they affect the whole process.

    `asked` are the transforms of the table that the exercise asks for, and `recorded` those whose
    runs are recorded. `of_nnx`: one of these is NNX's.
    """

    def __init__(
        self,
        places: Places,
        *,
        alters: bool = False,
        asked: frozenset[str] = frozenset(),
        recorded: frozenset[str] = frozenset(),
        of_nnx: bool = False,
    ) -> None:
        self._session = Session()
        self._runs = Runs(self._session, places, alters=alters and not asked)
        self._transforms = Transforms(self._session, places, alters=asked if alters else None)
        self._lifted = LiftedCalls(self._session, places, self._runs)
        self._interceptors: list[Foreign] = []
        self._steps = any(is_lifted_loop(row) for row in TRANSFORMS if row.title in asked)
        self._keys_of_loading: tuple[KeyStep, ...] = ()
        self.patches = Patches()
        self._plan(places)
        self._plan_transforms(Batches(self._session, places), recorded)
        if of_nnx:
            self._plan_nnx(places)

    def _plan(self, places: Places) -> None:
        vmap = self._lifted.observed(nn.vmap)
        self.patches.add(nn, "vmap", vmap)
        self.patches.add(transforms, "vmap", vmap)
        self.patches.add(nn.Module, "__post_init__", self._runs.made(nn.Module.__post_init__))
        self.patches.add(nn.Module, "clone", self._runs.cloned(nn.Module.clone))
        roots = Roots(self._session, places)
        self.patches.add(flax.core, "init", roots.init(flax.core.init))
        self.patches.add(flax.core, "apply", roots.apply(flax.core.apply))
        self.patches.add(flax.core, "bind", roots.bind(flax.core.bind))
        keys = Keys(self._session, places)
        for name in keys.OPERATIONS:
            original = getattr(jax.random, name)
            self.patches.add(jax.random, name, keys.observed(name, original))

    def _plan_nnx(self, places: Places) -> None:
        """Patch what only NNX has. It's imported here, for exercises that ask for it."""
        from grader.worker.nnx import Nnx

        Nnx(self._session, places).plan(self.patches)

    def _plan_transforms(self, batches: Batches, recorded: frozenset[str]) -> None:
        """Patch what every exercise notes, and what is recorded for this one."""
        for each in TRANSFORMS:
            records = each.title in recorded
            if not (each.noted or records):
                continue
            holder = import_module(each.holder)
            original = getattr(holder, each.name, None)
            if original is None:  # another version of jax
                continue
            patched = self._transforms.observed(each, original) if records else original
            if each.noted:
                patched = batches.observed(each.title, patched)
            self.patches.add(holder, each.name, patched)
            if records:
                self._plan_alias(each, patched)

    def _plan_alias(self, each: Transform, patched: object) -> None:
        if each.holder == nn.__name__ and hasattr(transforms, each.name):
            self.patches.add(transforms, each.name, patched)

    def begin(self, recording: Recording) -> None:
        """Start recording; the patches must be installed."""
        self._interceptors = list(_interceptors)[::-1]
        if self._steps:
            _interceptors.push(self._transforms.intercept)
        _interceptors.push(self._runs.intercept)
        self._session.configuration.begin()
        self._session.recording = recording

    def end(self) -> None:
        """Stop recording."""
        recording, self._session.recording = self._session.recording, None
        self._session.configuration.note()
        if recording is not None and recording.loading:
            self._keys_of_loading = recording.keys.entries()
        # Not popped: the program may have added its own interceptors, or removed ours.
        _interceptors._storage[:] = self._interceptors  # noqa: SLF001

    def record(self, recording: Recording) -> Record:
        """Return a finished recording as a record."""
        earlier = self._lifted.earlier(recording)
        configured = self._session.configuration.changed()
        return recording.record(earlier, self._keys_of_loading, configured)
