"""Python code in colours, by Python's own tokenizer: Pygments' lexer takes longer than the page."""

from __future__ import annotations

import contextlib
import io
import keyword
import tokenize
from typing import Final

from rich.text import Text

TAB: Final = 4
_COMMENT: Final = "italic magenta"
_KEYWORD: Final = "bold"
_STRING: Final = "green"
_STYLES: Final = {tokenize.COMMENT: _COMMENT, tokenize.STRING: _STRING} | {
    getattr(tokenize, name): _STRING
    for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(tokenize, name)  # since Python 3.12
}


def highlighted(code: str) -> Text:
    """Return `code` with its comments, keywords and strings styled; in a fragment, up to its end.

    A soft keyword, such as `match`, is a name here: only a parser can tell.
    """
    text = Text(code, overflow="fold", tab_size=TAB)
    code = text.plain  # without carriage returns
    starts = _starts(code)
    # What a fragment breaks off in has no token, and some text is no Python at all.
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            style = _style(token)
            if style is not None:
                first, last = (starts[row - 1] + column for row, column in (token.start, token.end))
                text.stylize(style, first, last)
    return text


def _starts(code: str) -> list[int]:
    """Return the position at which each line begins."""
    starts = [0]
    for line in io.StringIO(code):
        starts.append(starts[-1] + len(line))
    return starts


def _style(token: tokenize.TokenInfo) -> str | None:
    if token.type == tokenize.NAME:
        return _KEYWORD if keyword.iskeyword(token.string) else None
    return _STYLES.get(token.type)
