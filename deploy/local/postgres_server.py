"""A real PostgreSQL as a child process, from the system's packages; the tests run the SQL adapters on it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg

from deploy.local.ports import free_port
from deploy.local.processes import ChildProcess, NotReady

_USER = "meu"
_START_ATTEMPTS = 3


class PostgresUnavailable(RuntimeError):
    """No PostgreSQL server programs on this machine. The text says what to install."""


class PostgresServer:
    """One PostgreSQL on 127.0.0.1 with an empty database. Fast and not crash-safe: it is for tests.

    PostgreSQL refuses to run as root; root's server runs as `postgres` or `nobody`, and its data lie in the
    system's temporary folder when that account cannot enter `directory`.
    """

    def __init__(self, directory: Path, *, port: int | None = None, log: Path | None = None) -> None:
        """`port` is a wish: a taken one is replaced at the first start."""
        self._directory = directory.absolute()
        self._wanted_port = port
        self._log = log or self._directory.with_suffix(".log")
        self._account = _unprivileged_account() if os.geteuid() == 0 else None
        self._temporary: Path | None = None
        self._port: int | None = None
        self._process: ChildProcess | None = None

    @property
    def port(self) -> int:
        """The port it listens on; kept over `stop`, `kill` and `restart`."""
        if self._port is None:
            raise RuntimeError("PostgreSQL has not been started")
        return self._port

    @property
    def url(self) -> str:
        """Its database, for SQLAlchemy (driver psycopg 3, synchronous and asynchronous)."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/postgres"

    @property
    def process(self) -> ChildProcess:
        """The server's process, for its id, memory and log."""
        if self._process is None:
            raise RuntimeError("PostgreSQL has not been started")
        return self._process

    def start(self) -> "PostgresServer":
        """Start and wait until it answers a query. Raises `PostgresUnavailable` or `NotReady`."""
        programs = postgres_programs()
        again = self._process is not None
        if not again:
            self._prepare(programs)
        for attempt in range(1, _START_ATTEMPTS + 1):
            if not again:
                self._port = free_port(self._wanted_port)
            self._process = ChildProcess(
                "postgres",
                self._command(programs),
                log=self._log,
                directory=self._directory,
                user=self._account,
            )
            self._process.start()
            try:
                self._process.wait_ready(self._answers, within=30.0)
                return self
            except NotReady as error:
                self._process.kill()
                if again or attempt == _START_ATTEMPTS or "Address already in use" not in str(error):
                    raise
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Shut down in order, open connections or not (SIGKILL after a bound)."""
        if self._process is not None:
            self._process.stop(within=10.0)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        """Stop if it runs, and start again with the same data on the same port."""
        self.stop()
        self.start()

    def __enter__(self) -> "PostgresServer":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._temporary is not None:
            shutil.rmtree(self._temporary)

    def _prepare(self, programs: Path) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        if self._account is not None:
            if not _all_may_enter(self._directory.parent):
                self._temporary = self._directory = Path(tempfile.mkdtemp(prefix="meu-postgres-", dir="/tmp"))
            shutil.chown(self._directory, self._account)
        if (self._directory / "PG_VERSION").exists():
            return
        options = ["--username", _USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
        done = subprocess.run(
            [str(programs / "initdb"), "--pgdata", str(self._directory), *options],
            user=self._account,
            group=self._account and pwd.getpwnam(self._account).pw_gid,
            extra_groups=[] if self._account else None,
            cwd=self._directory,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"PostgreSQL's data folder could not be made:\n{done.stdout}{done.stderr}")

    def _command(self, programs: Path) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        switches = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(self._directory), *switches]

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url.replace("+psycopg", ""), connect_timeout=2) as connection:
                return connection.execute("select 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False


def postgres_programs() -> Path:
    """The folder that holds `postgres` and `initdb`. Raises `PostgresUnavailable`."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True
    )
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise PostgresUnavailable(
        "PostgreSQL's server programs are not on this machine: install the system's package"
        " (Debian and Ubuntu: postgresql; Fedora: postgresql-server; macOS: brew install postgresql),"
        " or set DATABASE_URL to use a PostgreSQL that runs already."
    )


def _unprivileged_account() -> str:
    accounts = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in accounts else "nobody"


def _all_may_enter(directory: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in (directory, *directory.parents))
