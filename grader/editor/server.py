"""The server: what the editor tells and asks, and what it is told. One for each editor window."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from grader.editor import markdown
from grader.editor.actions import Command, quick_fixes, readings
from grader.editor.diagnostics import SOURCE, diagnostics, range_of, status
from grader.editor.document import Document
from grader.editor.places import Places, PlacesInFiles, touches
from grader.errors import GraderError
from grader.grading.regrading import Call
from grader.grading.request import GradingRequest
from grader.grading.session import Session
from grader.hints import read_hints
from grader.model.finding import Finding
from grader.model.report import Equivalent, Report, Verdict
from grader.model.source import Source
from grader.progress import Progress
from grader.rules import rule_by_id

STATUS: Final = "grade/status"
"""A notification with `uri`, `verdict`, `proved` and `summary`, for editors that have a place for
it; null for a file without a report."""


_SAID: Final = frozenset({Verdict.PASSED, Verdict.ERROR})
"""Verdicts that no diagnostic shows."""


class Server:
    """The documents that are open, and the editor's requests about them."""

    def __init__(self, session: Session, request: GradingRequest, version: str) -> None:
        self._session = session
        self._request = request
        self._documents: dict[str, Document] = {}
        self._progress: dict[str, str] = {}
        self._said: dict[str, str] = {}
        self._published: dict[str, dict[str, list[types.Diagnostic]]] = {}
        self._count = 0
        self.protocol = LanguageServer(SOURCE, version)
        self._register()

    def serve(self, stdin: BinaryIO, stdout: BinaryIO) -> None:
        """Answer the editor until it closes the connection."""
        try:
            self.protocol.start_io(stdin, stdout)
        finally:
            for each in self._documents.values():
                each.stop()

    def _register(self) -> None:
        """Connect requests with methods; pygls reads types off functions, not off methods."""
        feature, command = self.protocol.feature, self.protocol.command

        @feature(types.TEXT_DOCUMENT_DID_OPEN)
        def opened(params: types.DidOpenTextDocumentParams) -> None:
            self._open(params.text_document.uri)

        @feature(types.TEXT_DOCUMENT_DID_SAVE)
        def saved(params: types.DidSaveTextDocumentParams) -> None:
            self._open(params.text_document.uri)

        @feature(types.TEXT_DOCUMENT_DID_CLOSE)
        def closed(params: types.DidCloseTextDocumentParams) -> None:
            document = self._documents.pop(params.text_document.uri, None)
            if document is not None:
                document.close()

        @feature(types.TEXT_DOCUMENT_HOVER)
        def hover(params: types.HoverParams) -> types.Hover | None:
            return self._hover(params.text_document.uri, params.position)

        @feature(
            types.TEXT_DOCUMENT_CODE_ACTION,
            types.CodeActionOptions(
                code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.Empty]
            ),
        )
        def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
            return list(self._actions(params))

        @command(Command.EXPLAIN)
        def explain(rule: str) -> str:
            return self._read(rule, lambda: markdown.explanation(rule_by_id(rule)))

        @command(Command.HINT)
        def hint(uri: str) -> str:
            return self._read("hint", lambda: self._hint(uri))

        @command(Command.LESSON)
        def lesson(uri: str) -> str:
            return self._read("lesson", lambda: self._lesson(uri))

    # ----------------------------------------------------------------------------- documents

    def _open(self, uri: str) -> None:
        """Grade a file that was opened or saved; what is on no disk can't be."""
        if urlsplit(uri).scheme != "file":
            return
        if uri not in self._documents:
            self._documents[uri] = Document(
                uri, self._session, self._request, self, _to_this_thread()
            )
        self._documents[uri].look()
        own = self._documents[uri]
        for each in tuple(self._documents.values()):
            if each is not own and own.path in each.beside:
                each.look()

    def begin(self, document: Document) -> None:
        """Show that a file is being graded."""
        self.end(document)
        window = self.protocol.client_capabilities.window
        if window is None or not window.work_done_progress:
            return
        self._count += 1
        token = self._progress[document.uri] = f"grade-{self._count}"

        def created(_: object) -> None:
            if self._progress.get(document.uri) == token:
                begun = types.WorkDoneProgressBegin(title=f"grading {document.path.name}")
                self.protocol.work_done_progress.begin(token, begun)

        self.protocol.work_done_progress.create(token, created)

    def end(self, document: Document) -> None:
        """Show that a file isn't being graded any more."""
        token = self._progress.pop(document.uri, None)
        if token is not None and token in self.protocol.work_done_progress.tokens:
            self.protocol.work_done_progress.end(token, types.WorkDoneProgressEnd())

    def publish(self, document: Document) -> None:
        """Send the diagnostics of a file, and its verdict."""
        report = document.report
        self._publish(document)
        self.protocol.protocol.notify(STATUS, _status(document.uri, report))
        said = "" if report is None else status(report)
        before, self._said[document.uri] = self._said.get(document.uri), said
        if report is not None and report.verdict in _SAID and said != before:
            self.say(said)

    def _publish(self, document: Document) -> None:
        """Send what the report finds in each of its files, and what other reports find there."""
        found: dict[str, list[types.Diagnostic]] = {document.uri: []}
        report = document.report
        if report is not None:
            places = self._places(report)
            shown = diagnostics(report, document.uri, places)
            for finding, each in zip(report.findings, shown, strict=True):
                found.setdefault(places.uri(finding.span, document.uri), []).append(each)
        before = self._published.get(document.uri, {})
        self._published[document.uri] = found
        for uri in {**found, **before}:
            every = [e for each in self._published.values() for e in each.get(uri, ())]
            self.protocol.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri=uri, diagnostics=every)
            )

    def say(self, text: str) -> None:
        """Show a message."""
        self.protocol.window_show_message(
            types.ShowMessageParams(type=types.MessageType.Info, message=text)
        )

    def _places(self, report: Report) -> Places:
        codec = self.protocol.workspace.position_codec
        beside = [self._uri_of(each.name) for each in report.source.files[1:]]
        if not beside:
            return Places(report.source.lines, codec)
        return PlacesInFiles(report.source, beside, codec)

    def _uri_of(self, path: str) -> str:
        """Return a file's address, as the editor has it if the file is open."""
        for each in self._documents.values():
            if str(each.path) == path:
                return each.uri
        return from_fs_path(path) or ""

    # ------------------------------------------------------------------------------ questions

    def _at(
        self, uri: str, where: types.Range
    ) -> Iterator[tuple[Document, Report, Finding, types.Diagnostic]]:
        """Yield the findings at a place, if the text is still the one that was graded."""
        for document in self._with_report_on(uri):
            report = document.report
            if report is None or not self._is_current(document, report):
                continue
            places = self._places(report)
            shown = diagnostics(report, document.uri, places)
            for finding, diagnostic in zip(report.findings, shown, strict=True):
                here = places.uri(finding.span, document.uri) == uri
                if here and touches(range_of(finding, places), where):
                    yield document, report, finding, diagnostic

    def _with_report_on(self, uri: str) -> list[Document]:
        """Return the open files that a report with this file is about, its own first."""
        own = self._documents.get(uri)
        path = Path(to_fs_path(uri) or "")
        others = [e for e in self._documents.values() if e is not own and path in e.beside]
        return [*([own] if own is not None else []), *others]

    def _is_current(self, document: Document, report: Report) -> bool:
        """Whether the text of each of its files is still the one that was graded."""
        uris = [document.uri, *(self._uri_of(each.name) for each in report.source.files[1:])]
        get = self.protocol.workspace.get_text_document
        texts = [get(each).source.removeprefix("\ufeff") for each in uris]
        return all(
            Source("", text).lines == file.lines
            for text, file in zip(texts, report.source.files, strict=True)
        )

    def _hover(self, uri: str, position: types.Position) -> types.Hover | None:
        found = list(self._at(uri, types.Range(position, position)))
        if not found:
            return None
        rules = dict.fromkeys(finding.rule for _, _, finding, _ in found)
        reasons = [each.why for _, _, each, _ in found if each.why]
        texts = [*reasons, *(markdown.explanation(rule_by_id(rule)) for rule in rules)]
        content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(texts))
        return types.Hover(contents=content, range=found[0][3].range)

    def _actions(self, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
        uri = params.text_document.uri
        found = list(self._at(uri, params.range))
        if not found:
            return
        document, report = found[0][:2]
        pairs = [(finding, each) for of, _, finding, each in found if of is document]
        only = params.context.only
        if only is None or types.CodeActionKind.QuickFix in only:
            yield from quick_fixes(report, pairs, document.uri, self._places(report))
        if only is None or types.CodeActionKind.Empty in only:
            yield from readings([finding.rule for finding, _ in pairs], document.uri)

    # -------------------------------------------------------------------------------- reading

    def _read(self, name: str, text: Callable[[], str]) -> str:
        """Show a text beside the code, where the editor can; return it in any case."""
        try:
            found = text()
        except (GraderError, KeyError, OSError) as error:
            self.say(str(error))
            return ""
        window = self.protocol.client_capabilities.window
        shows = window.show_document if window is not None else None
        if shows is not None and shows.support:
            file = Path(self._folder.name) / f"{name}.md"
            file.write_text(found, encoding="utf-8")
            self.protocol.window_show_document(
                types.ShowDocumentParams(uri=from_fs_path(str(file)) or "", take_focus=True)
            )
        else:
            self.say(found)
        return found

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="grade-")

    def _lesson(self, uri: str) -> str:
        return markdown.lesson(self._documents[uri].exercise())

    def _hint(self, uri: str) -> str:
        folder = self._documents[uri].exercise()
        hints = read_hints(folder)
        with Progress.open() as progress:
            number = progress.show_next_hint(folder.exercise.slug, len(hints))
        return markdown.hint(hints[number - 1], number, len(hints))


def _to_this_thread() -> Callable[[Call], None]:
    """Return what hands a call from another thread to the one that serves."""
    loop = asyncio.get_running_loop()

    def deliver(call: Call) -> None:
        loop.call_soon_threadsafe(call)

    return deliver


def _status(uri: str, report: Report | None) -> dict[str, Any]:
    if report is None:
        return {"uri": uri, "verdict": None, "proved": False, "summary": ""}
    return {
        "uri": uri,
        "verdict": report.verdict.value,
        "proved": report.equivalence.status is Equivalent.PROVED,
        "summary": status(report),
    }


def serve(session: Session, request: GradingRequest, version: str) -> None:
    """Serve an editor on the standard streams. Nothing else may write to its stdout."""
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    Server(session, request, version).serve(stdin, stdout)
