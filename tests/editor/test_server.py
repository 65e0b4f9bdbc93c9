"""A client speaks the protocol with `grade lsp`, as an editor does."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from grader.cli.run import run as run_command
from tests import two_files

WRONG = """\
import jax
from flax import linen as nn

print("🐈 this must not reach the protocol")


def nn_vmap_forward(seed, x_batch, features):
    cat = "🐈"; axes, rngs = {"params": 0}, {"params": False}; cat += "🐈"
    lifted = nn.vmap(nn.Dense, variable_axes=axes, split_rngs=rngs)
    variables = lifted(features).init(jax.random.PRNGKey(seed), x_batch)
    return lifted(features).apply(variables, x_batch).reshape(-1)
"""
SECONDS = 240.0
"""No test waits that long, unless something never comes."""


class Editor:
    """A client that keeps what it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = LanguageClient("editor", "1")
        self.news: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.last: dict[str, list[types.Diagnostic]] = {}
        self._listen(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        self._listen(types.WINDOW_SHOW_MESSAGE)
        self._listen(types.WINDOW_WORK_DONE_PROGRESS_CREATE)
        self._listen(types.PROGRESS)
        self._listen("grade/status")

    def _listen(self, method: str) -> None:
        @self.client.feature(method)
        def told(params: Any) -> None:
            self.news.put_nowait((method, params))

    async def __aenter__(self) -> Editor:
        command = [sys.executable, "-m", "grader", "lsp"]
        await self.client.start_io(*command, cwd=Path(__file__).parents[2])
        window = types.WindowClientCapabilities(work_done_progress=True)
        capabilities = types.ClientCapabilities(window=window)
        await self.client.initialize_async(types.InitializeParams(capabilities=capabilities))
        self.client.initialized(types.InitializedParams())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    async def next(self, method: str) -> Any:
        """Wait for the next message of a kind."""
        while True:
            found, params = await asyncio.wait_for(self.news.get(), SECONDS)
            if found == method:
                return params

    async def shown(self, uri: str, *, empty: bool = False) -> list[types.Diagnostic]:
        """Wait until a file has findings, or has none any more."""
        while True:
            params = await self.next(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
            self.last[params.uri] = list(params.diagnostics)
            if params.uri == uri and (not params.diagnostics) == empty:
                return list(params.diagnostics)

    async def findings(self) -> list[types.Diagnostic]:
        return list((await self.next(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)).diagnostics)

    def open(self, name: str, text: str) -> str:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        item = types.TextDocumentItem(file.as_uri(), "python", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return file.as_uri()

    def type(self, uri: str, text: str) -> None:
        document = types.VersionedTextDocumentIdentifier(version=2, uri=uri)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def save(self, uri: str, text: str) -> None:
        self.type(uri, text)
        (self.folder / uri.rpartition("/")[2]).write_text(text, encoding="utf-8")
        document = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(document))

    async def actions(self, uri: str, where: types.Range) -> list[types.CodeAction]:
        """The quick fixes there."""
        document = types.TextDocumentIdentifier(uri)
        context = types.CodeActionContext([], only=[types.CodeActionKind.QuickFix])
        params = types.CodeActionParams(document, where, context)
        found = await self.client.text_document_code_action_async(params)
        return [each for each in found or () if isinstance(each, types.CodeAction)]

    async def hover(self, uri: str, where: types.Position) -> types.Hover | None:
        document = types.TextDocumentIdentifier(uri)
        return await self.client.text_document_hover_async(types.HoverParams(document, where))

    async def ask(self, command: str, argument: str) -> Any:
        params = types.ExecuteCommandParams(command, [argument])
        return await self.client.workspace_execute_command_async(params)


def applied(text: str, edit: types.TextEdit) -> str:
    """Apply an edit within a line, in UTF-16."""
    lines = text.split("\n")
    start, end = edit.range.start, edit.range.end
    assert start.line == end.line
    units = lines[start.line].encode("utf-16-le")
    before, after = units[: 2 * start.character], units[2 * end.character :]
    lines[start.line] = (before + edit.new_text.encode("utf-16-le") + after).decode("utf-16-le")
    return "\n".join(lines)


def run(session: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(session, SECONDS))


def test_a_wrong_save_is_shown_explained_mended_and_passes(tmp_path: Path) -> None:
    async def session() -> None:
        async with Editor(tmp_path) as editor:
            uri = editor.open("mine.py", WRONG)
            (found,) = await editor.findings()
            assert found.code == "per-example-params"
            units = WRONG.split("\n")[found.range.start.line].encode("utf-16-le")
            marked = units[2 * found.range.start.character : 2 * found.range.end.character]
            assert marked.decode("utf-16-le") == '{"params": 0}'
            hover = await editor.hover(uri, found.range.start)
            assert hover is not None
            assert "### per-example-params" in hover.contents.value  # type: ignore[union-attr]
            assert await editor.hover(uri, types.Position(0, 0)) is None

            await editor.findings()  # again, now that the change is known to make it pass
            (fix,) = await editor.actions(uri, found.range)
            assert fix.edit is not None and fix.edit.changes is not None
            (edit,) = fix.edit.changes[uri]

            editor.type(uri, WRONG.replace("cat", "dog"))
            assert await editor.actions(uri, found.range) == []  # its places may have moved

            editor.save(uri, applied(WRONG, edit))
            assert await editor.findings() == []
            status = await editor.next("grade/status")
            assert (status.verdict, status.proved) == ("passed", True)
            message = await editor.next(types.WINDOW_SHOW_MESSAGE)
            assert message.message.startswith("nn-vmap-shared passed")

            assert (await editor.ask("grade.hint", uri)).startswith("### Hint 1 of 3")
            assert (await editor.ask("grade.hint", uri)).startswith("### Hint 2 of 3")
            assert (await editor.ask("grade.lesson", uri)).startswith("# ")
            assert "Right:" in await editor.ask("grade.explain", "wrong-shape")
            assert await editor.ask("grade.explain", "no-such-rule") == ""

    run(session())


def test_other_programs_never_run_and_unsaved_text_is_never_graded(tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    other = f"open({str(witness)!r}, 'w').close()\nwhile True: pass\n"

    async def session() -> None:
        async with Editor(tmp_path) as editor:
            editor.open("other.py", other)
            assert await editor.findings() == []
            editor.client.text_document_did_open(
                types.DidOpenTextDocumentParams(
                    types.TextDocumentItem("untitled:1", "python", 1, WRONG)
                )
            )
            uri = editor.open("broken.py", "def nn_vmap_forward(seed, x_batch, features:\n")
            (found,) = await editor.findings()
            assert found.code == "syntax-error"
            editor.type(uri, WRONG)
            document = types.TextDocumentIdentifier(uri)
            editor.client.text_document_did_close(types.DidCloseTextDocumentParams(document))
            assert await editor.findings() == []
            assert (await editor.ask("grade.lesson", uri)) == ""

    run(session())
    assert not witness.exists()


def test_the_newest_save_counts(tmp_path: Path) -> None:
    endless = WRONG.replace("    cat =", "    while True: pass\n    cat =")

    async def session() -> None:
        async with Editor(tmp_path) as editor:
            uri = editor.open("mine.py", endless)
            await editor.next(types.PROGRESS)
            editor.save(uri, "def nn_vmap_forward(seed, x_batch, features:\n")
            (found,) = await editor.findings()
            assert found.code == "syntax-error"

    run(session())


def test_the_server_ends_with_its_editor() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "grader", "lsp"],
        input=b"",
        capture_output=True,
        timeout=SECONDS,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (ended.returncode, ended.stdout) == (0, b"")
    assert b"Traceback" not in ended.stderr


def test_pygls_is_named_where_it_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert run_command(["lsp"]) == 2
    assert "pip install 'jax-exercise-grader[editor]'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_mistake_in_a_helper_is_shown_in_the_helper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_files.write_course(tmp_path / "course")
    monkeypatch.setenv("GRADER_EXERCISES", str(tmp_path / "course"))
    work = tmp_path / "work"
    two_files.hand_in(work, two_files.WRONG)

    async def session() -> None:
        async with Editor(work) as editor:
            helper = editor.open("helpers.py", two_files.WRONG)
            assert await editor.shown(helper, empty=True) == []
            main = editor.open("mine.py", two_files.MAIN)
            found = await editor.shown(helper)
            assert [(each.code, each.range.start.line) for each in found] == [
                ("per-example-params", 9)
            ]
            assert editor.last[main] == []
            await editor.next("grade/status")
            await editor.next("grade/status")  # again, now that the change is known to pass
            (fix,) = await editor.actions(helper, found[0].range)
            assert fix.edit is not None and fix.edit.changes is not None
            assert [*fix.edit.changes] == [helper]
            (edit,) = fix.edit.changes[helper]
            editor.save(helper, applied(two_files.WRONG, edit))
            assert await editor.shown(helper, empty=True) == []

    run(session())
