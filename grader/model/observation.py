"""What one side did: the result of loading the file and of each call to its function.

A worker makes these and the judge reads them. They are plain data, because a submission's process
is not trusted: no field is one of the learner's objects.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum, unique
from typing import Annotated

import msgspec

from grader.model.axes import (
    Axes,
    Axis,
    AxisEntry,
    AxisTree,
    Collections,
    Deny,
    Everything,
    NameFilter,
    Names,
    SplitEntry,
)
from grader.model.case import ArrayValue
from grader.model.nnx import NnxRecord, NodeState
from grader.model.recorded import (
    MOST_ENTRIES,
    ArrayType,
    Entries,
    Few,
    Many,
    Place,
    Point,
    Setting,
    Shape,
    Span,
    Text,
    Variable,
    Word,
    between,
)

__all__ = [
    "MOST_ENTRIES",
    "ArrayType",
    "Axes",
    "Axis",
    "AxisEntry",
    "AxisTree",
    "Collections",
    "Deny",
    "Everything",
    "Few",
    "NameFilter",
    "Names",
    "Place",
    "Point",
    "Setting",
    "Shape",
    "Span",
    "SplitEntry",
    "Text",
    "Variable",
    "Word",
    "between",
]
"""What other files get from here, too: a record is made of it."""


def digest(data: bytes) -> str:
    """Hash an array's bytes in C order, little endian, for the `digest` fields."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


COMPILER = "builtins.compile"

# --------------------------------------------------------------------------------- what came back


class SequenceResult(msgspec.Struct, frozen=True, kw_only=True, tag="sequence"):
    """A tuple or a list, by the name of its type."""

    type_name: Word
    items: Many[Result]


class MappingResult(msgspec.Struct, frozen=True, kw_only=True, tag="mapping"):
    """A dict or another mapping, by the name of its type; the keys as text."""

    type_name: Word
    items: Annotated[dict[Word, Result], msgspec.Meta(max_length=4000)]


class OpaqueResult(msgspec.Struct, frozen=True, kw_only=True, tag="opaque"):
    """Anything else. `text` describes it in at most a line (`None`, `3.5`, `a Dense module`)."""

    type_name: Word
    text: Text


class OversizedResult(msgspec.Struct, frozen=True, kw_only=True, tag="oversized"):
    """An array that is too large to send; only its type was sent."""

    dtype: Word
    shape: Shape


Result = ArrayValue | SequenceResult | MappingResult | OpaqueResult | OversizedResult


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame of the submission in a traceback, outermost first."""

    function: Word
    span: Span


class Completed(msgspec.Struct, frozen=True, kw_only=True, tag="completed"):
    """The function returned."""

    result: Result


class _Placed(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome with the submission's own frames, outermost first, if they are known."""

    frames: Few[Frame] = ()

    @property
    def place(self) -> Span | None:
        """The place of the innermost frame."""
        return self.frames[-1].span if self.frames else None


class Raised(_Placed, frozen=True, kw_only=True, tag="raised"):
    """The function, or loading the file, raised.

    `exception` is the class's name, `module` where it is defined, `bases` the names of its base
    classes, nearest first. `message` is the exception's text, truncated. `library` is the innermost
    frame of a library, as `module.function`, if the exception came from one, and `COMPILER` if the
    file itself did not compile. `meant` is an existing name similar to the missing one.
    """

    exception: Word
    module: Word
    bases: Few[Word]
    message: Text
    frames: Few[Frame]
    library: Word | None = None
    meant: Word | None = None


class TimedOut(_Placed, frozen=True, kw_only=True, tag="timed-out"):
    """No answer within `seconds`."""

    seconds: float


class OutOfMemory(_Placed, frozen=True, kw_only=True, tag="out-of-memory"):
    """The program couldn't get more memory, or the process exceeded its `limit`, in bytes.

    The limit is 0 if it isn't known.
    """

    limit: int


class Crashed(msgspec.Struct, frozen=True, kw_only=True, tag="crashed"):
    """The process ended, or sent an invalid answer. `reason` says which, in plain words."""

    reason: Text


Outcome = Completed | Raised | TimedOut | OutOfMemory | Crashed

# ------------------------------------------------------------------------------------- lifted calls


class LiftedCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call to `nn.vmap`: what was lifted, with which axes, and where in the file.

    `target` is the name of the module class or function, `defined_in` the name of the module
    that defines it (`flax.linen.linear`, or `submission`), `bases` as in `ModuleRun`, of the class.
    `given` are the names of the parameters of `nn.vmap` that the call set in any way.
    `transform` is `vmap`. `span` is that of the call expression or the decorator, None if the call
    isn't in the submission's text. `methods` are the methods that a class was lifted for.
    `others` has a call for each further method that `methods` gives its own arguments.
    `while_loading` says that the call happened while the file was loaded. `raised`: by this call.
    """

    id: int
    transform: Word
    target: Word
    span: Span | None
    given: Few[Word]
    in_axes: Axes
    out_axes: Axes
    variable_axes: Few[AxisEntry]
    split_rngs: Few[SplitEntry]
    axis_size: int | None = None
    axis_name: Word | None = None
    defined_in: Word = ""
    bases: Few[Word] = ()
    is_class: bool = True
    methods: Few[Word] = ("__call__",)
    others: Few[LiftedCall] = ()
    while_loading: bool = False
    raised: bool = False

    def of_method(self, name: str) -> LiftedCall:
        """Return the call with the arguments that it gives a method."""
        return next((each for each in self.others if name in each.methods), self)


# --------------------------------------------------------------------------------- what really ran


class ModuleRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a module's method, or of a lifted method or function; outer runs come first.

    `class_name` is the module's class (`VmapDense` for a lifted one), `defined_in` the name of the
    module that defines it, `bases` the names of its base classes that are modules, nearest first,
    with their module path (`flax.linen.linear.Dense`). `lifted` is the `id` of the nn.vmap call
    that made this method or function, if one did: the run sees the whole batch, and the runs inside
    it see one example. `inside` is the `id` of the innermost lifted run that this one is part of.
    `root` numbers the entry (init, apply, bind) that it belongs to, None if there is none. `inputs`
    and `outputs` are the arrays among the arguments and in the result. `digest` is the `digest` of
    the output's bytes, None unless it is one concrete array: outputs with the same digest are the
    same numbers in the same order, whatever their shape. `taken` and `given` are digests of all
    arrays that went in and came out, None if any of them was a tracer. `span` is where the
    submission instantiated the module.
    """

    class_name: Word
    bases: Few[Word]
    method: Word
    path: Few[Word]
    lifted: int | None
    inside: int | None
    root: int | None
    depth: int
    inputs: Few[ArrayType]
    outputs: Few[ArrayType]
    digest: Word | None
    settings: Few[Setting]
    span: Span | None
    defined_in: Word = ""
    raised: bool = False
    taken: Word | None = None
    given: Word | None = None

    @property
    def own_name(self) -> str:
        """The class's name in the file: Flax derives a lifted class's name from it."""
        return self.class_name.removeprefix("Vmap") if self.lifted is not None else self.class_name

    @property
    def input_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of the arrays that went in."""
        return tuple(each.shape for each in self.inputs)


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """A JAX setting (`jax_enable_x64`) that was in force with a different value than before."""

    name: Word
    value: Word
    usual: Word


class StreamKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key that a root run got for an RNG stream; `data` in hex, None for a tracer.

    `made_by` is the `id` of the step that returned this very object, None if that isn't known: a
    key that was unpacked from several is a new object. `implementation` names the key's kind
    (`threefry2x32`, `rbg`), empty if that isn't known. `in_array`: an array of keys was given
    instead of one key, and `data` is the first of them.
    """

    stream: Word
    data: Text | None
    made_by: int | None = None
    implementation: Word = ""
    in_array: bool = False


class Root(msgspec.Struct, frozen=True, kw_only=True):
    """One entry into Flax: `init`, `init_with_output`, `apply`, `bind`, `lazy_init`.

    `forward` says that its output can be the answer (for all but a plain `init`). `given` are the
    variables that it got, `made` those that it returned. `span` is where the submission called it.
    `configured` are the JAX settings that were in force, as in `Record`.
    """

    number: int
    kind: Word
    forward: bool
    given: Few[Variable]
    made: Few[Variable]
    keys: Few[StreamKey]
    span: Span | None
    raised: bool = False
    configured: Few[Configured] = ()


class KeyStep(msgspec.Struct, frozen=True, kw_only=True):
    """One call to a function of `jax.random` that makes keys, in the submission's own text.

    `operation` is `PRNGKey`, `key`, `split`, `fold_in`, `wrap_key_data` …; `operands` describes
    the other arguments (the seed, the number of keys, the data folded in), `given` and `made` are
    the keys' data in hex (eight digits per word, for old and typed keys), one for each key, empty
    for tracers. `while_loading`: the file did it once while it was loaded, for all calls.
    `id` numbers the steps of a process. `taken` is the `id` of the step that returned the very
    object that this one got, None if that isn't known.
    """

    operation: Word
    operands: Few[Text]
    given: Few[Text]
    made: Few[Text]
    span: Span | None
    while_loading: bool = False
    id: int = -1
    taken: int | None = None


class BatchCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call to a transform other than `nn.vmap` that maps or loops over a batch.

    `transform` is its usual name in code: `jax.vmap`, `jax.lax.map`, `nn.scan` …
    """

    transform: Word
    span: Span


class KnobValue(msgspec.Struct, frozen=True, kw_only=True):
    """The normal form of one argument of a transform; a flag is the axis 0 or 1."""

    name: Word
    value: Axes


class BodyRun(msgspec.Struct, frozen=True, kw_only=True):
    """One call that a loop made to its function.

    `kept` has a number for each output: the input that it is, the very same object, or -1.
    """

    inputs: Few[ArrayType]
    outputs: Few[ArrayType]
    kept: Few[int]


class TransformRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of what a transform made, or of a loop, in the order in which they started.

    `transform` is its title in the table, `call` numbers the call that made it, `span` is where it
    is called, `knobs` are those of the table and `given` all parameters that the call set.
    `inputs` and `outputs` are all arrays, `parts` how many of the inputs each argument has, and
    `digests` and `given_back` their digests, empty for a tracer. `inside` is the `number` of the
    run that this one is part of. `while_loading`: the call was made while the file was loaded.
    `ran` is false for a call of which nothing ran: then there are no arrays. `states` are the NNX
    modules and streams among the arguments and results; their arrays aren't among `inputs`.
    `root` is the `number` of the Flax call that a lifted run belongs to, and `collections` what its
    transform does with variables and keys, if it says so.
    """

    number: int
    transform: Word
    call: int
    target: Word
    span: Span | None
    given: Few[Word]
    knobs: Few[KnobValue]
    parts: Few[int]
    inputs: Few[ArrayType]
    digests: Few[Word]
    outputs: Few[ArrayType] = ()
    given_back: Few[Word] = ()
    bodies: Few[BodyRun] = ()
    inside: int | None = None
    while_loading: bool = False
    raised: bool = False
    ran: bool = True
    states: Few[NodeState] = ()
    root: int | None = None
    collections: Collections | None = None

    def knob(self, name: str) -> Axes | None:
        """Return the value of a knob, None if the transform has no such knob."""
        return next((each.value for each in self.knobs if each.name == name), None)

    def axes(self, name: str) -> Axes:
        """Return the axes that a knob says, or 0, which is the default everywhere."""
        return self.knob(name) or Axis(value=0)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the recorder saw during a call, in order; empty tuples where nothing.

    `lifted` also has the nn.vmap calls that were made while the file was loaded, if their
    class or function was still there to be used, and those of earlier calls that ran in this one;
    `keys` also has the steps that were made while it was loaded. `transforms` has the runs of the
    table's transforms, where the exercise asks for one of them.
    A function that jax has compiled before runs no Python: its modules and keys show only in the
    first call with arguments of those shapes. `configured` are the settings of JAX that were in
    force when a key was made, when Flax was entered or at the end, and that the worker hadn't set
    so. `nnx` is what NNX did, where the exercise asks for one of its transforms. `altered`
    counts the arrays in what lifted modules returned that the worker changed, where it was asked
    to. `truncated`: something is missing, because there was more than is kept or it could not be
    read.
    """

    lifted: Entries[LiftedCall] = ()
    roots: Entries[Root] = ()
    modules: Entries[ModuleRun] = ()
    keys: Entries[KeyStep] = ()
    batch_calls: Entries[BatchCall] = ()
    transforms: Entries[TransformRun] = ()
    configured: Few[Configured] = ()
    nnx: NnxRecord = NnxRecord()
    altered: int = 0
    truncated: bool = False


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One call to a side's function on one case.

    `mutated` names the arguments that were changed in place. `seconds` is wall time in
    the worker and differs from run to run.
    """

    outcome: Outcome
    record: Record = Record()
    mutated: Few[Word] = ()
    seconds: float = 0.0


# --------------------------------------------------------------------------------------- loading


class Loaded(msgspec.Struct, frozen=True, kw_only=True, tag="loaded"):
    """The file ran and defines a function that takes the exercise's arguments."""


class FunctionMissing(msgspec.Struct, frozen=True, kw_only=True, tag="function-missing"):
    """The file ran, but the name is missing or isn't callable; `callables` are what it has."""

    callables: Few[Word]
    found: Text | None = None


class SignatureWrong(msgspec.Struct, frozen=True, kw_only=True, tag="signature-wrong"):
    """The function can't be called with the exercise's positional arguments."""

    signature: Text
    reason: Text
    span: Span | None


@unique
class Unfit(StrEnum):
    """Why the grader can't use a class of modules."""

    NO_MODULE = "no-module"
    NO_CALL = "no-call"
    FIELDS = "fields"
    CALL = "call"


class ClassUnfit(msgspec.Struct, frozen=True, kw_only=True, tag="class-unfit"):
    """The class isn't one that can be instantiated and called as the exercise says.

    `bases` are the names of its base classes with their modules, `takes` the names that its
    constructor takes, or its `__call__`; `reason` is Python's.
    """

    why: Unfit
    bases: Few[Word] = ()
    takes: Few[Word] = ()
    reason: Text = ""


LoadOutcome = (
    Loaded
    | ClassUnfit
    | FunctionMissing
    | SignatureWrong
    | Raised
    | TimedOut
    | OutOfMemory
    | Crashed
)
