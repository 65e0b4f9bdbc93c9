"""An exercise as data: the function to call, its arguments, and the titles of its checks.

Everything specific to one exercise is in its own folder; the grader derives the cases, the
symbolic trace and the wording of its messages from the declaration below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum, unique
from pathlib import Path
from typing import Final

import msgspec


@unique
class Check(StrEnum):
    """What is checked about a submission, in the order in which a report lists it."""

    LOADS = "loads"
    RUNS = "runs"
    SHAPE = "shape"
    VALUES = "values"
    LIFTED = "lifted"
    PARAMS = "params"
    RNG = "rng"
    PURE = "pure"
    TRANSFORM = "transform"
    TASK = "task"


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """A named size that cases choose from 1 to `largest`.

    `weights` says that the parameters' shapes depend on it: a new value costs a compilation, so
    cases draw few values of it and many of the others. `noun` is how a sentence calls the axis.
    One case has the size `far`, well above `largest`; 0 if the task doesn't go that far.

    A size may depend on one other dimension: it is a multiple of it (`multiple_of`), at most as
    large (`at_most`), or `times * equal_to + plus`. Every size that is run or proved keeps to that.
    """

    name: str
    noun: str
    largest: int
    weights: bool = False
    far: int = 0
    multiple_of: str = ""
    at_most: str = ""
    equal_to: str = ""
    times: int = 1
    plus: int = 0

    @property
    def bases(self) -> frozenset[str]:
        """The dimensions that this one depends on."""
        return frozenset(filter(None, (self.multiple_of, self.at_most, self.equal_to)))


class Seed(msgspec.Struct, frozen=True, kw_only=True, tag="seed"):
    """A Python int from 0 to 2**31 - 1 from which the submission makes its PRNG key."""

    name: str


class Array(msgspec.Struct, frozen=True, kw_only=True, tag="array"):
    """A float32 array; `shape` names a dimension for each axis.

    Cases scale its elements, which are around 1, by at most `largest_scale`: set it lower than the
    default if the exercise's arithmetic loses digits for large inputs. More than the default
    also allows elements as tiny as `1 / largest_scale`. `non_finite` says that the task is also
    about NaN and infinities, which then stand among the elements of some cases. `exact` elements
    are small multiples of a quarter, whose sums and products aren't rounded: for a task that picks
    one of several numbers, or compares them, where rounding would decide between equal ones.
    """

    name: str
    shape: tuple[str, ...]
    largest_scale: float = 2.0**20
    non_finite: bool = False
    exact: bool = False


class Integers(msgspec.Struct, frozen=True, kw_only=True, tag="integers"):
    """An int32 array of numbers from `low` to `high`, both included (labels, lengths, indices).

    With `below` or `at_most`, a dimension, they are also below its size, or at most as large:
    indices of an axis, or lengths of what is in it.
    """

    name: str
    shape: tuple[str, ...]
    low: int
    high: int = 2**31 - 1
    below: str = ""
    at_most: str = ""

    def highest(self, sizes: Mapping[str, int]) -> int:
        """Return the largest number that a case of these sizes may have."""
        below = [sizes[self.below] - 1] if self.below else []
        at_most = [sizes[self.at_most]] if self.at_most else []
        return min(self.high, *below, *at_most) if below or at_most else self.high


class Arrays(msgspec.Struct, frozen=True, kw_only=True, tag="arrays"):
    """A tuple of arrays, passed as one argument (a recurrent cell's carry). It may be nested."""

    name: str
    items: tuple[Leaves, ...]


class Dict(msgspec.Struct, frozen=True, kw_only=True, tag="dict"):
    """A dict of arrays, passed as one argument (parameters); the keys are the items' names."""

    name: str
    items: tuple[Leaves, ...]


Leaves = Array | Integers | Arrays | Dict


class Size(msgspec.Struct, frozen=True, kw_only=True, tag="size"):
    """A dimension that is passed as a Python int, under the dimension's name."""

    name: str


class Number(msgspec.Struct, frozen=True, kw_only=True, tag="number"):
    """A Python float, one of `choices` (a dropout rate).

    Where the task allows any number of an `interval` (lowest, highest), cases draw from it too.
    """

    name: str
    choices: tuple[float, ...]
    interval: tuple[float, float] | None = None


class Flag(msgspec.Struct, frozen=True, kw_only=True, tag="flag"):
    """A Python bool."""

    name: str


class Choice(msgspec.Struct, frozen=True, kw_only=True, tag="choice"):
    """A Python string, one of `choices`."""

    name: str
    choices: tuple[str, ...]


class Key(msgspec.Struct, frozen=True, kw_only=True, tag="key"):
    """A PRNG key, made of any seed: `jax.random.key` if it is `typed`, or else `PRNGKey`."""

    name: str
    typed: bool = False


Parameter = Seed | Array | Integers | Arrays | Dict | Size | Number | Flag | Choice | Key


def leaves(parameter: Parameter) -> Iterator[Array | Integers]:
    """Yield the arrays of a parameter, those of a tuple or a dict in order."""
    match parameter:
        case Array() | Integers():
            yield parameter
        case Arrays() | Dict():
            for each in parameter.items:
                yield from leaves(each)
        case _:
            return


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """A transform that the task asks for; what its knobs should be is read off the solution.

    `any_of` are titles of the table (`jax.vmap`); any of them will do, and messages name the first.
    `of` is what it is applied to, as messages write it.
    """

    any_of: tuple[str, ...]
    of: str

    @property
    def title(self) -> str:
        """How messages call the transform."""
        return self.any_of[0]


@unique
class Library(StrEnum):
    """Flax's two ways to write a module."""

    LINEN = "linen"
    NNX = "nnx"

    @property
    def module(self) -> str:
        """The base class of a module, as it's written in code."""
        return "nn.Module" if self == Library.LINEN else "nnx.Module"


class FlaxClass(msgspec.Struct, frozen=True, kw_only=True):
    """Says that the submission writes a class of modules, which the grader instantiates and calls.

    `fields` are the parameters that its constructor gets, by name. The seed makes the weights:
    `init(PRNGKey(seed), …)` in Linen, `rngs=nnx.Rngs(seed)` in NNX. The others go to `__call__`.
    """

    library: Library
    fields: tuple[str, ...] = ()


@unique
class Repairs(StrEnum):
    """Whether a learner may see the edits that fix a program: when asked for, or never."""

    ASKED = "asked"
    NEVER = "never"


class CheckSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One check of an exercise: its title in a report and its weight in the score."""

    check: Check
    title: str
    weight: float = 1.0


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """One of several functions that a submission writes; its fields are those of an `Exercise`."""

    name: str
    parameters: tuple[Parameter, ...]
    output: tuple[str, ...] = ()
    module: str = ""
    checks: tuple[CheckSpec, ...]
    uses: tuple[Use, ...] = ()
    forbids: tuple[str, ...] = ()
    keyword_only: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    tolerance: float = 1.0
    flax_class: FlaxClass | None = None


class Exercise(msgspec.Struct, frozen=True, kw_only=True):
    """The declaration that `exercises/<folder>/exercise.py` makes.

    `slug` is in kebab case. `function` is called with one argument for each of `parameters`, in
    order: by position, but for those in `keyword_only`. Those in `optional` have a default that the
    task states: some cases leave them out. `output` names the dimensions of the result before it is
    flattened, outermost first; it is empty if the exercise does not flatten. `module` is the class
    that has to be lifted with `nn.vmap`, as messages write it; empty if none has. `uses` are the
    other transforms that the task asks for, and `forbids` are those that it rules out: without
    them, a right answer may be computed in any way. `tolerance` multiplies the tolerance of values,
    for exercises with arithmetic that amplifies rounding. `grade verify` needs no labelled mistake
    for the rules in `untaught`. `plain_numpy`: the task is about NumPy arrays, and every case
    passes them; it is set if the solution imports NumPy and neither jax nor flax. `repairs`:
    whether `--diff`, `--fix` and reports show what fixes a program. `given` is the starter's text,
    with the classes that the task provides; it is set from that file. With a `flax_class`,
    `function` is the name of a class.

    `functions` are declared instead of `function` and its fields where a submission writes several.
    Then each is graded as an exercise of its own, one of `parts`; `beside` are a part's others.

    `files` are the names of further files that a learner may hand in beside the program, such as
    `("helpers.py",)`, and import from it. The function itself is looked up in the program.
    """

    slug: str
    title: str
    topic: str
    level: int
    function: str = ""
    parameters: tuple[Parameter, ...] = ()
    dimensions: tuple[Dimension, ...]
    output: tuple[str, ...] = ()
    module: str = ""
    checks: tuple[CheckSpec, ...] = ()
    takeaway: str
    uses: tuple[Use, ...] = ()
    forbids: tuple[str, ...] = ()
    keyword_only: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    tolerance: float = 1.0
    untaught: tuple[str, ...] = ()
    plain_numpy: bool = False
    repairs: Repairs = Repairs.ASKED
    given: str = ""
    flax_class: FlaxClass | None = None
    functions: tuple[Function, ...] = ()
    beside: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        given = [name for name in _OF_ONE if getattr(self, name)]
        if self.functions and given:
            raise TypeError(f"{given[0]} belongs into each of `functions`")

    @property
    def parts(self) -> tuple[Exercise, ...]:
        """The exercise for each function alone; itself if it asks for one."""
        return tuple(self._part(each) for each in self.functions) or (self,)

    @property
    def written(self) -> tuple[str, ...]:
        """The names of all that a submission defines."""
        return tuple(each.name for each in self.functions) or (self.function,)

    @property
    def part(self) -> str:
        """The function's name if it is one of several, else empty."""
        return self.function if self.beside else ""

    def part_for(self, function: str) -> Exercise:
        """Return the part for one of several functions; itself if that is empty."""
        return next((each for each in self.parts if each.part == function), self)

    def _part(self, function: Function) -> Exercise:
        own = msgspec.structs.asdict(function)
        name = own.pop("name")
        others = tuple(each for each in self.written if each != name)
        changed = {**own, "function": name, "functions": (), "beside": others}
        made = msgspec.structs.replace(self, **changed)
        used = {name for name, _ in sizes_named(made)}
        for each in self.dimensions:  # a size keeps to the one that it depends on
            used |= each.bases if each.name in used else frozenset()
        dimensions = tuple(each for each in self.dimensions if each.name in used)
        return msgspec.structs.replace(made, dimensions=dimensions)

    @property
    def entry(self) -> str:
        """The name of the function that a submission writes, or of its class's method."""
        return self.function if self.flax_class is None else f"{self.function}.__call__"

    @property
    def kind(self) -> str:
        """What a submission defines, in a word."""
        return "function" if self.flax_class is None else "class"

    def told(self, text: str) -> str:
        """Return what a message says of the function; of a class, it speaks of the module."""
        return text if self.flax_class is None else text.replace("the function", "the module")

    @property
    def called_with(self) -> tuple[Parameter, ...]:
        """The parameters of that function, or of that method."""
        if self.flax_class is None:
            return self.parameters
        made = self.flax_class.fields
        return tuple(
            each for each in self.parameters if each.name not in made and not isinstance(each, Seed)
        )

    def is_field(self, parameter: str) -> bool:
        """Whether a parameter is a field of the class that the submission writes."""
        return self.flax_class is not None and parameter in self.flax_class.fields

    def in_text(self, parameter: str) -> str:
        """Return a parameter as the submission's text has it: `rate`, or `self.rate` in Linen."""
        return f"self.{parameter}" if self._of_linen(parameter) else parameter

    def sort(self, parameter: str) -> str:
        """Return what a parameter is called: an argument, or in Linen a field of the class."""
        return "field" if self._of_linen(parameter) else "argument"

    def _of_linen(self, parameter: str) -> bool:
        """Whether a parameter is a field that Linen makes an attribute; NNX's are arguments."""
        wanted = self.flax_class
        return wanted is not None and wanted.library == Library.LINEN and self.is_field(parameter)

    @property
    def folder_name(self) -> str:
        """Name of the exercise's folder and of its solution's file, in snake case."""
        return self.slug.replace("-", "_")

    @property
    def has_own_check(self) -> bool:
        """Whether the author's `checks.py` looks at each case."""
        return any(each.check is Check.TASK for part in self.parts for each in part.checks)

    @property
    def check_function(self) -> str:
        """What the function of the author's `checks.py` is called: one for each of several."""
        return f"check_{self.part}" if self.part else "check"

    @property
    def call_text(self) -> str:
        """The arguments as in a definition: `(x, *, rate)`."""
        taken = [each.name for each in self.called_with]
        named = [each for each in taken if each in self.keyword_only]
        plain = [each for each in taken if each not in named]
        return f"({', '.join([*plain, *(['*'] if named else []), *named])})"

    def dimension(self, name: str) -> Dimension:
        """Return the dimension called `name`; `KeyError` if the exercise has none."""
        for dimension in self.dimensions:
            if dimension.name == name:
                return dimension
        raise KeyError(name)


_OF_ONE: Final = (
    *("function", "parameters", "output", "module", "checks", "uses", "forbids"),
    *("keyword_only", "optional", "flax_class"),
)
"""The fields that `functions` have instead; `tolerance` has a default that isn't empty."""


def sizes_named(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Yield each name that has to be a dimension's, and what uses it; a parameter's use is last."""
    for name in exercise.output:
        yield name, "output"
    for parameter in exercise.parameters:
        if isinstance(parameter, Size):
            yield parameter.name, f'the size "{parameter.name}"'
        for array in leaves(parameter):
            yield from ((name, f'array "{array.name}"') for name in array.shape)
            if isinstance(array, Integers):
                limits = filter(None, (array.below, array.at_most))
                yield from ((name, f'array "{array.name}"') for name in limits)


class ExerciseFolder(msgspec.Struct, frozen=True, kw_only=True):
    """The paths of an exercise's parts."""

    exercise: Exercise
    folder: Path
    solution: Path

    @property
    def slug(self) -> str:
        """The exercise's slug."""
        return self.exercise.slug

    @property
    def parts(self) -> tuple[ExerciseFolder, ...]:
        """The folder as that of each function's exercise."""
        return tuple(msgspec.structs.replace(self, exercise=each) for each in self.exercise.parts)

    @property
    def key(self) -> str:
        """Distinguishes the parts of all exercises."""
        part = self.exercise.part
        return f"{self.slug}/{part}" if part else self.slug

    @property
    def names(self) -> set[str]:
        """The names that the exercise can be called by."""
        return {self.folder.name, self.slug}

    @property
    def lesson(self) -> Path:
        """The lesson and the task, in Markdown."""
        return self.folder / "README.md"

    @property
    def hints(self) -> Path:
        """The hints, in Markdown, one under each `## ` heading."""
        return self.folder / "hints.md"

    @property
    def own_check(self) -> Path:
        """The author's own check, which most exercises don't have."""
        return self.folder / "checks.py"

    @property
    def starter(self) -> Path:
        """The file that a learner starts from."""
        return self.folder / "starter.py"

    @property
    def starter_files(self) -> tuple[Path, ...]:
        """What the learner gets beside the starter: those of the allowed files that are there."""
        paths = (self.folder / name for name in self.exercise.files)
        return tuple(each for each in paths if each.is_file())
