"""How messages write values, places and lists of words."""

from __future__ import annotations

import pytest

from grader.compare import OtherValues
from grader.evidence.notation import (
    array_text,
    collection_noun,
    difference,
    listing,
    output_name,
    position,
    shortened,
    value_text,
)
from grader.model.case import (
    ArrayValue,
    BoolValue,
    DictValue,
    FloatValue,
    IntValue,
    KeyValue,
    TextValue,
    TupleValue,
    Value,
)

ROW = ArrayValue(dtype="int32", shape=(2,), data=bytes(8))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (ROW, "i32[2]"),
        (TupleValue(items=(ROW, IntValue(value=3))), "(i32[2], 3)"),
        (DictValue(items={"w": ROW, "b": FloatValue(value=0.5)}), "{w: i32[2], b: 0.5}"),
        (BoolValue(value=False), "False"),
        (TextValue(value="sum"), "'sum'"),
        (KeyValue(seed=7, typed=True), "key(7)"),
        (KeyValue(seed=7, typed=False), "PRNGKey(7)"),
    ],
)
def test_values(value: Value, text: str) -> None:
    assert value_text(value) == text


def test_arrays_of_types_without_a_short_name() -> None:
    assert array_text("float8_e4m3fn", ()) == "float8_e4m3fn[]"
    assert array_text("float32", (3, 4)) == "f32[3,4]"


@pytest.mark.parametrize(
    ("words", "text"),
    [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")],
)
def test_lists_of_words(words: tuple[str, ...], text: str) -> None:
    assert listing(words) == text


@pytest.mark.parametrize(
    ("axis", "rank", "text"),
    [(0, 1, "leading"), (0, 3, "leading"), (1, 3, "middle"), (2, 3, "last"), (1, 2, "last")],
)
def test_positions_of_axes(axis: int, rank: int, text: str) -> None:
    assert position(axis, rank) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("  \n\n", ""),
        ("\n abcd\nefgh", "abcd"),
        ("abcde", "abcde"),
        ("abcdef", "abcd…"),
    ],
)
def test_long_texts_are_cut_to_the_width(text: str, shown: str) -> None:
    assert shortened(text, 5) == shown


def test_cut_texts_are_two_hundred_characters_wide() -> None:
    assert shortened("a" * 200) == "a" * 200
    assert shortened("a" * 201) == "a" * 199 + "…"


def test_outputs_and_what_differs_in_them() -> None:
    assert output_name("") == "the output"
    assert output_name("[1]") == "output[1]"
    other = OtherValues(place="['b']", index=(0, 2), expected=1 / 3, actual=2e9, wrong=1, size=3)
    assert difference(other) == "output['b'][0, 2]   expected 0.333333   found 2e+09"


def test_collections_have_nouns_or_their_name_in_quotes() -> None:
    assert collection_noun("params") == "the weights"
    assert collection_noun("batch_stats") == "the batch statistics"
    assert collection_noun("cache") == '"cache"'
