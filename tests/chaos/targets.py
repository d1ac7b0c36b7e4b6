"""What can be killed, frozen and started again, whatever it is."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.local.embedded_server import EmbeddedServer
from deploy.local.processes import ChildProcess

Kind = Literal["worker", "api", "broker", "redis"]


@dataclass(frozen=True)
class Target:
    """A process of the system under one name through all its lives. `service` is empty for servers."""

    name: str
    kind: Kind
    runs: ChildProcess | EmbeddedServer
    service: str = ""

    @property
    def process(self) -> ChildProcess:
        return self.runs if isinstance(self.runs, ChildProcess) else self.runs.process

    @property
    def alive(self) -> bool:
        return self.process.alive

    def start(self) -> None:
        """Start it again; a server is waited for until it answers."""
        self.runs.start()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and its memory, and knows nothing of the time that passes."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT; nothing happens to a process that was not frozen."""
        self._signal(signal.SIGCONT)

    @property
    def cpu_s(self) -> float:
        """Processor seconds that its present life has used; 0 when it is not alive."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _signal(self, number: signal.Signals) -> None:
        if (pid := self.process.pid) is not None:
            os.killpg(pid, number)
