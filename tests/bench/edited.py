"""A file that an editor has open, to time from a save to its diagnostics."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

_PAUSE = 3.0
"""Seconds between saves: no more than anybody needs to read and to write something."""
_PATIENCE = 120.0


class Edited:
    """A client of `grade lsp` that opens one file, which is wrong at first."""

    def __init__(self, folder: Path, wrong: Path, environment: dict[str, str]) -> None:
        self._file = folder / "edited.py"
        self._file.write_bytes(wrong.read_bytes())
        self._server = subprocess.Popen(
            [sys.executable, "-m", "grader", "lsp", "--no-progress"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._found: queue.Queue[int] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._send("initialize", {"capabilities": {}}, id=1)
        self._send("initialized", {})
        text = self._file.read_text(encoding="utf-8")
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": text}
        self._send("textDocument/didOpen", {"textDocument": document})
        self._wait(wrong=True)

    def seconds(self, program: Path, *, wrong: bool) -> float:
        """Save a program and return the seconds until its diagnostics come."""
        time.sleep(_PAUSE)
        while not self._found.empty():
            self._found.get()
        began = time.perf_counter()
        self._file.write_bytes(program.read_bytes())
        self._send("textDocument/didSave", {"textDocument": {"uri": self._uri}})
        self._wait(wrong=wrong)
        return time.perf_counter() - began

    def close(self) -> None:
        """End the server, as an editor that is closed does."""
        self._server.communicate(timeout=_PATIENCE)

    @property
    def _uri(self) -> str:
        return self._file.as_uri()

    def _wait(self, *, wrong: bool) -> None:
        while (self._found.get(timeout=_PATIENCE) > 0) != wrong:
            pass

    def _send(self, method: str, params: dict[str, Any], **more: object) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
        body = json.dumps(message).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _read(self) -> None:
        """Put the number of findings of each publication into the queue."""
        stream = self._server.stdout
        assert stream is not None
        while line := stream.readline():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
                while stream.readline().strip():
                    pass
                message = json.loads(stream.read(length))
                if message.get("method") == "textDocument/publishDiagnostics":
                    self._found.put(len(message["params"]["diagnostics"]))
