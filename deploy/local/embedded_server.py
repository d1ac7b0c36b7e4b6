"""What the embedded Kafka, Redis and PostgreSQL have in common: a port, a process, and how they come and go."""

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.ports import free_port, give_back
from deploy.local.processes import ChildProcess, NotReady

_START_ATTEMPTS = 3


class EmbeddedServer(ABC):
    """A server on 127.0.0.1 whose data lie under `directory`; a later start finds them again.

    As a context manager it runs from entry to exit. In between it may be killed and started again: it comes
    back on the same port. Not safe for use from two threads at once.
    """

    name: str
    ready_within: float = 30.0

    def __init__(self, directory: Path, *, port: int | None, log: Path | None) -> None:
        self._directory = directory.absolute()
        self._wanted_port = port
        self._log = log or self._directory.with_suffix(".log")
        self._port: int | None = None
        self._process: ChildProcess | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._port is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._port

    @property
    def process(self) -> ChildProcess:
        """The server's process, for its id, memory and log."""
        if self._process is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._process

    def start(self) -> Self:
        """Start and wait until it answers. Raises `NotReady`, whose text holds the end of its log."""
        if self._process is not None:
            self._run()
            return self
        self._directory.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, _START_ATTEMPTS + 1):
            self._choose_ports(self._wanted_port if attempt == 1 else None)
            try:
                self._run()
                break
            except NotReady as error:
                # Between the choice of a free port and the server's use of it, another process may take it.
                if attempt == _START_ATTEMPTS or "Address already in use" not in str(error):
                    raise
        return self

    def stop(self) -> None:
        """Shut down in order (SIGKILL after a bound)."""
        if self._process is not None:
            self._process.stop(within=20.0)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        """Stop if it runs, and start again."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._port is not None:
            give_back(self._port)

    def _choose_ports(self, wanted: int | None) -> None:
        self._port = free_port(wanted)

    def _run(self) -> None:
        self._prepare()
        process = ChildProcess(
            self.name, self._arguments(), log=self._log, directory=self._directory, user=self._account()
        )
        process.start()
        try:
            process.wait_ready(self._answers, within=self.ready_within)
        except BaseException:
            process.kill()
            raise
        self._process = process

    def _account(self) -> str | None:
        """The account to run as, when it may not be this process's."""
        return None

    @abstractmethod
    def _prepare(self) -> None:
        """Make what the program needs in its directory; called before every start."""

    @abstractmethod
    def _arguments(self) -> list[str]:
        """The program and its arguments."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it serves clients; may raise `OSError`."""
