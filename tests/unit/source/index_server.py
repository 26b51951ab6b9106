"""A package index on loopback: PEP 503 pages or PEP 691 JSON, with everything that an index may get wrong."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass(frozen=True)
class File:
    """One file of a project; `sha256` is what the index states: None for nothing, else the text itself."""

    name: str
    data: bytes
    sha256: str | None = ""
    yanked: str | None = None

    @property
    def stated(self) -> str | None:
        return hashlib.sha256(self.data).hexdigest() if self.sha256 == "" else self.sha256


class IndexServer:
    """Serves `projects` under /simple/. `requests` records each path; `status` answers every page with that."""

    def __init__(self, projects: dict[str, list[File]], form: str = "html") -> None:
        self.projects = projects
        self.form = form
        self.status = 200
        self.cut = False
        self.requests: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/simple"

    def __enter__(self) -> IndexServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.requests.append(request.path)
        _, kind, *rest = request.path.split("/")
        if kind == "simple" and rest[0] in self.projects and self.status == 200:
            self._page(request, self.projects[rest[0]])
        elif kind == "files":
            found = next(file for files in self.projects.values() for file in files if file.name == rest[0])
            self._send(request, 200, "application/octet-stream", found.data)
        else:
            self._send(request, 404 if self.status == 200 else self.status, "text/plain", b"no")

    def _page(self, request: BaseHTTPRequestHandler, files: list[File]) -> None:
        if self.form == "json":
            rows = [
                {
                    "filename": file.name,
                    "url": f"/files/{file.name}",
                    "hashes": {"sha256": file.stated} if file.stated else {},
                    "yanked": file.yanked if file.yanked is not None else False,
                }
                for file in files
            ]
            body = {"meta": {"api-version": "1.0"}, "name": "x", "files": rows}
            self._send(request, 200, "application/vnd.pypi.simple.v1+json", json.dumps(body).encode())
            return
        anchors = [
            f'<a href="/files/{file.name}{"#sha256=" + file.stated if file.stated else ""}"'
            + (f' data-yanked="{file.yanked}"' if file.yanked is not None else "")
            + f">{file.name}</a>"
            for file in files
        ]
        self._send(request, 200, "text/html", "<br>".join(anchors).encode())

    def _send(self, request: BaseHTTPRequestHandler, status: int, form: str, body: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Type", form)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        is_file = form == "application/octet-stream"
        request.wfile.write(body[: len(body) // 2] if self.cut and is_file else body)
