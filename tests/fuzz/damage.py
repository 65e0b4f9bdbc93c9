"""Damage to texts and to frames, drawn from a `random.Random`, so that a seed repeats it."""

from __future__ import annotations

import ast
import io
import math
import random
import tokenize
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

MOST_BYTES = 200_000

# -------------------------------------------------------------------------------------- any bytes


def flip(data: bytes, rng: random.Random) -> bytes:
    """Change some bytes."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def truncate(data: bytes, rng: random.Random) -> bytes:
    """Keep the beginning."""
    return data[: rng.randrange(len(data) + 1)]


def splice(data: bytes, rng: random.Random) -> bytes:
    """Take a piece out, and put it, or noise, in at another place, once or many times."""
    start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    piece = data[start:end] if rng.random() < 0.7 else rng.randbytes(rng.randint(1, 40))
    at = rng.randrange(len(data) + 1)
    times = rng.choice([1, 1, 2, 50])
    return (data[:at] + piece * times + data[at:])[:MOST_BYTES]


BYTES = (flip, truncate, splice)

# -------------------------------------------------------------------------------------- programs

STRANGE = (
    *(
        "\0",
        "\x0c",
        "\r",
        "\ufeff",
        "\u202e",
        "\u2028",
        "\x1b[2J",
        "\U0001d427",
        "é",
        "'''",
        '"""',
        "\\",
    ),
    *("(", ")", "[", "{", ":", ";", "@", "*", "**", "->", ":=", "...", "lambda: ", "f'{", "0x"),
    *("async ", "await ", "yield ", "return ", "global x_batch\n", "del features\n", "import os\n"),
    *("# coding: utf-7\n", "# type: ignore\n", "9" * 5000, "-" * 300, "(" * 300, "not " * 100),
)
OPERANDS = (
    "0",
    "-1",
    "None",
    "()",
    "features",
    "seed",
    "x_batch",
    "{'params': 0}",
    "1e400",
    "2**63",
)


def insert_strange(text: str, rng: random.Random) -> str:
    """Put something in that few texts have."""
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(STRANGE) + text[at:]


def swap_tokens(text: str, rng: random.Random) -> str:
    """Exchange, repeat or drop tokens, which leaves most of them Python's."""
    try:
        tokens = [(each.type, each.string) for each in _tokens(text)]
    except (tokenize.TokenError, SyntaxError):
        return insert_strange(text, rng)
    for _ in range(rng.randint(1, 4)):
        one, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        match rng.randrange(3):
            case 0:
                tokens[one], tokens[other] = tokens[other], tokens[one]
            case 1:
                tokens.insert(one, tokens[other])
            case _ if len(tokens) > 1:
                del tokens[one]
    try:
        return tokenize.untokenize(tokens)
    except (ValueError, IndexError):
        return " ".join(string for _, string in tokens)


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(text).readline))


def swap_lines(text: str, rng: random.Random) -> str:
    """Exchange, repeat, drop or indent lines."""
    lines = text.splitlines(keepends=True) or [""]
    for _ in range(rng.randint(1, 3)):
        one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        match rng.randrange(4):
            case 0:
                lines[one], lines[other] = lines[other], lines[one]
            case 1:
                lines.insert(one, lines[other])
            case 2:
                lines[one] = "    " + lines[one]
            case _:
                lines[one] = ""
    return "".join(lines)


def change_tree(text: str, rng: random.Random) -> str:
    """Change nodes of the syntax tree: the result is Python, and often runs."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return swap_lines(text, rng)
    for _ in range(rng.randint(1, 3)):
        rng.choice(TREE)(tree, rng)
    return ast.unparse(ast.fix_missing_locations(tree))


def _replace_expression(tree: ast.Module, rng: random.Random) -> None:
    """Put another expression, of the text's own or a strange one, in the place of an operand."""
    places = [
        (node, field, value)
        for node in ast.walk(tree)
        for field, value in ast.iter_fields(node)
        if isinstance(value, ast.expr) and isinstance(getattr(value, "ctx", ast.Load()), ast.Load)
    ]
    if places:
        node, field, _ = rng.choice(places)
        own = rng.choice(places)[2]
        strange = ast.parse(rng.choice(OPERANDS), mode="eval").body
        around = any(each is node for each in ast.walk(own))  # a tree in itself never ends
        setattr(node, field, own if rng.random() < 0.5 and not around else strange)


def _change_arguments(tree: ast.Module, rng: random.Random) -> None:
    """Drop, repeat or mix the arguments of a call."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if calls:
        call = rng.choice(calls)
        arguments: list[Any] = rng.choice([call.args, call.keywords])
        if arguments and rng.random() < 0.5:
            del arguments[rng.randrange(len(arguments))]
        else:
            rng.shuffle(call.args)


def _move_statement(tree: ast.Module, rng: random.Random) -> None:
    """Move a statement, or put it into a loop, a condition, a `try` or a function of its own."""
    bodies = [
        node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef)
    ]
    body, other = rng.choice(bodies), rng.choice(bodies)
    moved = body.pop(rng.randrange(len(body))) if len(body) > 1 else ast.Pass()
    wraps: list[Callable[[list[ast.stmt]], ast.stmt]] = [
        lambda inner: inner[0],
        lambda inner: ast.If(test=ast.Name("features"), body=inner, orelse=[]),
        lambda inner: ast.With(items=[ast.withitem(ast.Name("x_batch"))], body=inner),
        lambda inner: ast.For(ast.Name("features"), ast.Name("x_batch"), body=inner, orelse=[]),
    ]
    other.insert(rng.randrange(len(other) + 1), rng.choice(wraps)([moved]))


TREE = (_replace_expression, _change_arguments, _move_statement)
TEXTS = (insert_strange, swap_tokens, swap_lines, *[change_tree] * 6)


def program(sources: Sequence[bytes], rng: random.Random) -> bytes:
    """Damage one of the sources, in one way or several."""
    data = rng.choice(sources)
    for _ in range(rng.choice([1, 1, 2])):
        if rng.random() < 0.15:
            data = rng.choice(BYTES)(data, rng)
            continue
        try:
            text = rng.choice(TEXTS)(data.decode(), rng)
        except (UnicodeDecodeError, RecursionError):
            continue
        data = text.encode("utf-8", "surrogatepass")
    return data


# ---------------------------------------------------------------------------------------- frames

VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 0.5, math.nan, math.inf, -1e308),
    *("", "params", "kernel", "x" * 600, "\x1b[2J\n", "\ud7ff", "0" * 16, b"", b"\0" * 40),
    *([], [[]], [0, -1], [2**40, 2**40], {}, {"type": "axis"}, {"type": "called", "number": 1}),
)


def frame(body: bytes, rng: random.Random) -> bytes:
    """Damage one message: its bytes, or what they mean."""
    if rng.random() < 0.2:
        return rng.choice(BYTES)(body, rng)
    message = msgspec.msgpack.decode(body)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        _change_value(message, rng)
    return msgspec.msgpack.encode(message)


def _change_value(message: object, rng: random.Random) -> None:
    """Replace, drop, repeat or exchange something within a message."""
    places = list(_places(message))
    if not places:
        return
    holder, key = rng.choice(places)
    match rng.randrange(5):
        case 0 | 1:
            alike = [each for each in VALUES if type(each) is type(holder[key])]
            holder[key] = rng.choice(alike if alike and rng.random() < 0.8 else VALUES)
        case 2:
            other, at = rng.choice(places)
            holder[key] = msgspec.msgpack.decode(msgspec.msgpack.encode(other[at]))
        case 3 if isinstance(holder, list):
            holder[key:key] = [holder[key]] * rng.choice([1, 2, 300])
        case _:
            del holder[key]


def _places(value: object) -> list[tuple[Any, Any]]:
    keys: list[Any] = []
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    found = [(value, key) for key in keys]
    for key in keys:
        found += _places(value[key])  # type: ignore[index]
    return found


def stream(bodies: Sequence[bytes], rng: random.Random) -> bytes:
    """Damage a conversation: one frame of it, its order, or its end."""
    frames = list(bodies)
    at = rng.randrange(len(frames))
    match rng.randrange(8):
        case 0:
            frames.insert(at, rng.choice(frames))
        case 1:
            del frames[at]
        case 2:
            rng.shuffle(frames)
        case _:
            frames[at] = frame(frames[at], rng)
    data = b"".join(len(each).to_bytes(4, "big") + each for each in frames)
    return rng.choice(BYTES)(data, rng) if rng.random() < 0.1 else data
