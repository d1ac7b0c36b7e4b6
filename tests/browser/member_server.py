"""The built page and its backend on a port of this machine. It can be cut off."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from deploy.local.console_files import HEADERS
from tests.browser.member_backend import Answer, Backend, problem

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@contextmanager
def serving(backend: Backend) -> Generator[str]:
    """The backend on a port of this machine; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path.startswith("/m/"):
                self.send_file(address.path.removeprefix("/m/") or "index.html")
            elif address.path == "/console/config.json":
                self.send(Answer(200, {"demo": backend.demo}))
            else:
                self.api(lambda: backend.get(address.path, parse_qs(address.query), self.headers))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            path = urlsplit(self.path).path
            if path == "/checkin/v1/sessions":
                self.api(lambda: backend.sign_in(json.loads(body)))
            elif path == "/checkin/v1/sessions/refresh":
                self.api(lambda: backend.refresh(self.headers.get("cookie", "")))
            else:
                key = self.headers.get("idempotency-key", "")
                backend.attempts.append((path, key))
                self.api(lambda: backend.post(path, body, key), may_take_effect=True)

        def do_DELETE(self) -> None:
            backend.cookie = ""
            self.api(lambda: Answer(204))

        def api(self, answered: Any, *, may_take_effect: bool = False) -> None:
            if backend.cut == "before" or (backend.cut == "after" and not may_take_effect):
                self.close_connection = True
                return
            is_refresh = self.path.startswith("/checkin/v1/sessions")
            if not is_refresh and not self.headers.get("authorization", "").startswith("Bearer "):
                self.send(problem(401, "unauthenticated"))
                return
            answer = answered()
            if backend.cut != "no":
                self.close_connection = True
                return
            self.send(answer)

        def send(self, answer: Answer) -> None:
            content = b"" if answer.body is None else json.dumps(answer.body).encode()
            is_problem = answer.status >= 400
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.body is not None:
                self.send_header("Content-Type", f"application/{'problem+' if is_problem else ''}json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def send_file(self, name: str) -> None:
            if backend.cut != "no":
                self.close_connection = True
                return
            file = backend.dist / name
            content = file.read_bytes() if file.is_file() else b""
            self.send_response(200 if file.is_file() else 404)
            self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(content)))
            for header, value in HEADERS.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Tests say what went wrong."""

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                return  # the page went away

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        with backend.changing():
            backend.cut = "before"
        server.shutdown()
        server.server_close()
        thread.join()
