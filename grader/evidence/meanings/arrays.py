"""What exceptions of arrays and their shapes mean."""

from __future__ import annotations

from typing import Final

from grader.evidence.meanings.pattern import Pattern

MEANINGS: Final = (
    Pattern(
        pattern=r"dot_general|contracting dimensions",
        why="A matrix product got two arrays with different inner sizes. Usually an input was "
        "transposed, or has one axis too many or too few.",
        help="print the shapes of the input and of the parameters, and compare them with the task",
    ),
    Pattern(
        pattern=r"read-only",
        message="the program changes a read-only array in place",
        label="read-only",
        why="NumPy's view of a JAX array (np.asarray) shows JAX's own memory, which never changes.",
        help="make a copy that may change: np.array(x)",
    ),
    Pattern(
        pattern=r"JAX arrays are immutable",
        message="the program changes a JAX array in place",
        label="JAX arrays can't be assigned into",
        why="The arguments are JAX arrays, and so is everything computed from them, even x.copy().",
        help="make a new array: x = x.at[i].set(value) instead of x[i] = value",
    ),
    Pattern(
        pattern=r"cannot reshape|total size must be unchanged"
        r"|number of output elements .* doesn't match",
        why="The new shape has a different number of elements than the array.",
        help="let reshape compute the size: reshape(-1)",
    ),
    Pattern(
        pattern=r"can only specify one unknown",
        why="Only one size of the new shape can be -1, which is computed from the others.",
        help="write the other sizes as numbers",
    ),
    Pattern(
        pattern=r"of type <class 'str'> is not a valid JAX type",
        why="The call needs arrays but got a text. Going over a dict gives its keys, and so does "
        "taking it apart into names.",
        help="print what is passed; read an entry of a dict with brackets",
    ),
    Pattern(
        pattern=r"abstract array|valid JAX (array )?type",
        why="The call needs an array but got something else.",
        help="check which value goes to which argument",
    ),
    Pattern(
        pattern=r"has no attribute 'shape'",
        why="The call needs an array but got something else.",
        help="check which value goes to which argument",
        library=r".",
    ),
    Pattern(
        pattern=r"incompatible shapes|could not be broadcast|inconsistent sizes",
        why="The program combines two arrays with sizes that don't match.",
        help="print the shapes before this line, and compare them with the task",
    ),
    Pattern(
        pattern=r"(?i)cannot (concatenate|stack) arrays|arrays cannot be concatenated"
        r"|all (the )?input arrays? .*(same shape|must match|same number)",
        why="Arrays that are joined along an axis need equal sizes along all others. Arrays that "
        "are stacked need equal shapes.",
        help="print the shapes before this line",
    ),
    Pattern(
        pattern=r"(?i)need at least one array to",
        why="The list of arrays is empty in this case.",
        help="print the list before this line, and find why nothing is in it",
    ),
    Pattern(
        pattern=r"axis -?\d+ is out of bounds for array of dimension|^AxisError",
        why="The array doesn't have that many axes. They are counted from 0, or from -1 backwards.",
        help="print the shape of the array before this line",
    ),
    Pattern(
        pattern=r"cannot select an axis to squeeze out",
        why="squeeze takes away axes of size 1 alone.",
        help="print the shape; take an element of that axis, or reshape, instead",
    ),
    Pattern(
        pattern=r"^ValueError: Size of label",
        why="A letter of einsum stands for axes of one size. Here it stands for axes of different "
        "sizes.",
        help="print the shapes, and compare the letters of each array with its axes",
    ),
    Pattern(
        pattern=r"(?i)\bein(sum|stein)",
        why="The text of einsum has a group of letters for each array, with a letter for each of "
        "its axes.",
        help="print the shapes of the arrays, and write as many letters as each has axes",
    ),
    Pattern(
        pattern=r"truth value of an (array|empty array)",
        why="An array has an answer for each of its elements, but if, while, and, or and not want "
        "a single one.",
        help="choose element by element with jnp.where, or ask for all of them: (a > b).all()",
    ),
    Pattern(
        pattern=r"(?i)only (integer )?scalar arrays|only (length|size)-1 arrays"
        r"|only 0-dimensional|arguments must be scalars",
        why="Python wants a single number here. This is an array with more axes, or not of "
        "integers where a place or a size is wanted.",
        help="print the array before this line, with its shape and type",
    ),
    Pattern(
        pattern=r"iteration over a 0-d array|len\(\) of unsized object",
        why="This array is a single number: it has no axes.",
        help="print its shape where it is made",
    ),
    Pattern(
        pattern=r"does not support string indexing",
        why="This is an array, and its places are numbers. A dict or a state has names.",
        help="print what is before the brackets; if a call returns several results, compare their "
        "order with the names that they get",
    ),
    Pattern(
        pattern=r"Indexer must have integer or boolean type"
        r"|only integers, slices",
        why="The places of an array are integers, slices, or arrays of integers or booleans.",
        help="print what stands in the brackets, and its type",
    ),
    Pattern(
        pattern=r"^TypeError: Cannot interpret '-\d+' as a data type",
        why="In JAX and NumPy, view reads the numbers of an array as another type. Another shape "
        "is what reshape gives.",
        help="use reshape in place of view: reshape(-1)",
    ),
    Pattern(
        pattern=r"data type .* not understood|Cannot interpret .* as a data type",
        why="This argument is taken for the type of the numbers, such as jnp.float32.",
        help="pass a shape as one tuple, such as (3, 4), or to reshape; pass a type by name: "
        "dtype=…",
    ),
    Pattern(
        pattern=r"Shapes must be 1D sequences of concrete values of integer type, "
        r"got \([^)]*\d\.0\b",
        why="A size has to be an int, and here it is a float. A division by / gives a float, also "
        "where nothing is left over.",
        help="divide with //, or make it an int: int(…)",
    ),
    Pattern(
        pattern=r"Shapes must be 1D sequences of concrete values of integer type, "
        r"got \((?!.*[Tt]race)",
        why="A size has to be an int, and here it is something else. It may be the value of "
        "another argument.",
        help="check which value goes to which argument, and pass them by name",
    ),
    Pattern(
        pattern=r"requires ndarray or scalar arguments",
        why="The functions of jax.numpy take arrays and numbers. NumPy's take lists as well.",
        help="make an array of it first: jnp.array(…)",
    ),
    Pattern(
        pattern=r"^OverflowError: Python integer .* out of bounds|too large to convert",
        why="The number doesn't fit. JAX's integers have 32 bits, and end at 2**31 - 1.",
        help="use smaller numbers, or floats",
    ),
)
