"""The embedded engine behind ClickHouse's HTTP interface, as much of it as the client uses, in a process of its own.

`python -m tests.conformance.analytics.http_clickhouse FOLDER` prints its port. It shows that what the client sends
over HTTP is what the engine understands; it is no substitute for a server.
"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chdb import ChdbError
from chdb.session import Session


class Handler(BaseHTTPRequestHandler):
    """One statement a request."""

    protocol_version = "HTTP/1.1"
    session: Any

    def do_POST(self) -> None:
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        statement = "\n".join(part for part in (given.get("query"), body) if part)
        parameters = {name.removeprefix("param_"): value for name, value in given.items() if name.startswith("param_")}
        try:
            self.session.query(f"USE {given.get('database', 'default')}")
            answer, status = self.session.query(statement, "TabSeparated", params=parameters).bytes(), 200
        except (ChdbError, RuntimeError) as error:
            answer, status = str(error).encode(), 500
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are many, and say nothing."""


def main() -> None:
    Handler.session = Session(sys.argv[1])
    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
