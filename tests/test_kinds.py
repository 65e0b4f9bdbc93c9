"""What is said of a file that isn't a Python program, by its bytes and by its words."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import marshal
import tarfile
import zipfile
from importlib.util import MAGIC_NUMBER

import pytest

from grader.catalogue import exercises
from grader.judge import static_findings
from grader.model.decoding import LARGEST
from grader.model.filekind import Unfit
from grader.model.submission import from_bytes, of_text

PROGRAM = "import jax\n\n\ndef nn_vmap_forward(seed, x_batch, features):\n    return x_batch\n"


def zipped(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, PROGRAM)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.py"))
    return file.getvalue()


def unfit(data: bytes) -> Unfit | None:
    return from_bytes("a.py", data).source.unfit


NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4})
MERGED = PROGRAM.replace("    return", "<<<<<<< HEAD\n    return") + (
    "=======\n    return 2 * x_batch\n>>>>>>> other\n"
)
SESSION = "".join(f"{'...' if line[:1] == ' ' else '>>>'} {line}\n" for line in PROGRAM.split("\n"))


@pytest.mark.parametrize(
    ("data", "says", "line"),
    [
        (PROGRAM.encode("utf-16"), "UTF-16", None),
        (PROGRAM.encode("utf-16-le"), "UTF-16", None),
        (PROGRAM.encode("utf-16-be"), "UTF-16", None),
        (PROGRAM.encode("utf-32"), "UTF-32", None),
        (PROGRAM.encode("utf-32-be"), "UTF-32", None),
        (b"# " + b"\xe9" + PROGRAM.encode(), "line 1 has a byte", 1),
        (zipped("a.py"), "a zip archive", None),
        (zipped("word/document.xml"), "an office document", None),
        (gzip.compress(b"x", mtime=0), "a gzip archive", None),
        (bz2.compress(b"x"), "a bzip2 archive", None),
        (lzma.compress(b"x"), "an xz archive", None),
        (tarred(), "a tar archive", None),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document", None),
        (MAGIC_NUMBER + b"\0" * 12 + marshal.dumps(PROGRAM), "bytecode", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a Word", None),
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG image", None),
        (b"MZ\x90\0\3\0\0\0\xff\xff", "binary data", None),
        (b"\0" * 900, "never written", None),
        (PROGRAM.encode() + b"\0" * 90, "written only in part", 5),
        (PROGRAM.replace("def", "\0def").encode(), "line 4 has a null byte", 4),
        (b"#" * (5 << 20), f"larger than {LARGEST >> 10} kB", None),
        (NOTEBOOK.encode(), "a Jupyter notebook", None),
        (b"<!DOCTYPE html>\n<html></html>", "a web page", None),
        (b"\n<html lang='en'><body></body></html>", "a web page", None),
        (b"{\\rtf1\\ansi\\ansicpg1252 import jax\\\n}", "an RTF document", None),
        (b"version https://git-lfs.github.com/spec/v1\nsize 3\n", "Git LFS", None),
        (b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n", "a diff", None),
        (b"[InternetShortcut]\nURL=https://example.com\n", "a shortcut", None),
        (MERGED.encode(), "a merge was not finished", 5),
        (f"My answer:\n\n```python\n{PROGRAM}```\n".encode(), "Markdown", 3),
        (f"```python\n{PROGRAM}```".encode(), "Markdown", 1),
        (SESSION.encode(), ">>> is its prompt", 1),
        (f"%matplotlib inline\n!pip install flax\n{PROGRAM}".encode(), "%matplotlib", 1),
    ],
)
def test_the_kind_of_a_file_is_named(data: bytes, says: str, line: int | None) -> None:
    found = unfit(data)
    assert found is not None
    assert says in found.message
    assert found.line == line
    source = from_bytes("a.py", data).source
    (finding,) = static_findings(source, exercises()[0].exercise)
    assert finding.rule == "unreadable-file"
    assert (finding.span.line if finding.span else None) == line


@pytest.mark.parametrize(
    "data",
    [
        PROGRAM.encode("utf-8-sig"),
        PROGRAM.replace("\n", "\r\n").encode(),
        b"# -*- coding: latin-1 -*-\n# \xe9\n" + PROGRAM.encode(),
        f'"""\n```python\nf()\n```\n<<<<<<< HEAD\n>>> f()\n%time\n"""\n{PROGRAM}'.encode(),
        b"GIF89 = BZh = 1\n" + PROGRAM.encode(),
        b'{"cells": []}\n' + PROGRAM.encode(),
        b"",
    ],
)
def test_possible_programs_are_treated_as_programs(data: bytes) -> None:
    assert unfit(data) is None


def test_a_doctest_is_not_blamed_for_a_missing_colon() -> None:
    text = f'"""\n>>> f()\n```\n!ls\n"""\n{PROGRAM.replace("):", ")")}'
    assert unfit(text.encode()) is None
    (finding,) = static_findings(from_bytes("a.py", text.encode()).source, exercises()[0].exercise)
    assert finding.rule == "syntax-error"
    assert finding.help == "end the line with a colon"


def test_an_unreadable_file_is_not_a_syntax_error() -> None:
    source = of_text("a.py", b"", "", Unfit("it is a link", "put the file there")).source
    (finding,) = static_findings(source, exercises()[0].exercise)
    assert (finding.rule, finding.message, finding.span) == (
        "unreadable-file",
        "it is a link",
        None,
    )
