"""A real PostgreSQL as a child process, from the system's packages; the tests run the SQL adapters on it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg

from deploy.local.embedded_server import EmbeddedServer

_USER = "meu"


class PostgresUnavailable(RuntimeError):
    """No PostgreSQL server programs on this machine. The text says what to install."""


class PostgresServer(EmbeddedServer):
    """One PostgreSQL on 127.0.0.1 with an empty database. Fast and not crash-safe: it is for tests.

    PostgreSQL refuses to run as root; root's server runs as `postgres` or `nobody`, and its data lie in the
    system's temporary folder when that account cannot enter `directory`.
    """

    name = "postgres"

    def __init__(self, directory: Path, *, port: int | None = None, log: Path | None = None) -> None:
        """`port` is a wish: a taken one is replaced at the first start."""
        super().__init__(directory, port=port, log=log)
        self._temporary: Path | None = None

    @property
    def url(self) -> str:
        """Its database, for SQLAlchemy (driver psycopg 3, synchronous and asynchronous)."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/postgres"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if self._temporary is not None:
            shutil.rmtree(self._temporary)

    def _account(self) -> str | None:
        return _unprivileged_account() if os.geteuid() == 0 else None

    def _prepare(self) -> None:
        account = self._account()
        if account is not None:
            if not _all_may_enter(self._directory.parent):
                self._temporary = self._directory = Path(tempfile.mkdtemp(prefix="meu-postgres-", dir="/tmp"))
            shutil.chown(self._directory, account)
        if (self._directory / "PG_VERSION").exists():
            return
        options = ["--username", _USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
        done = subprocess.run(
            [str(postgres_programs() / "initdb"), "--pgdata", str(self._directory), *options],
            user=account,
            group=account and pwd.getpwnam(account).pw_gid,
            extra_groups=[] if account else None,
            cwd=self._directory,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"PostgreSQL's data folder could not be made:\n{done.stdout}{done.stderr}")

    def _arguments(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        switches = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(postgres_programs() / "postgres"), "-D", str(self._directory), *switches]

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
    folders += sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=_major_version, reverse=True)
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise PostgresUnavailable(
        "PostgreSQL's server programs are not on this machine: install the system's package"
        " (Debian and Ubuntu: postgresql; Fedora: postgresql-server; macOS: brew install postgresql),"
        " or set DATABASE_URL to use a PostgreSQL that runs already."
    )


def _major_version(programs: Path) -> float:
    return float(programs.parent.name)


def _unprivileged_account() -> str:
    accounts = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in accounts else "nobody"


def _all_may_enter(directory: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in (directory, *directory.parents))
