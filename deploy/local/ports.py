"""Free TCP ports on the loopback interface."""

import os
import socket
import threading

# Below Linux's ephemeral range (32768 and up) on purpose. Clients that keep reconnecting to a server that
# was killed get ephemeral local ports; one of them may be the server's own, and then it cannot come back.
_FIRST, _LAST = 20_000, 32_000

_handed_out: set[int] = set()
_lock = threading.Lock()


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as candidate:
        # As servers do: connections in TIME_WAIT do not count as taken.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
            candidate.listen(1)
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """`preferred` when it is free, else another free port, never the same one twice in a process."""
    with _lock:
        port = _find(preferred)
        _handed_out.add(port)
        return port


def _find(preferred: int | None) -> int:
    if preferred is not None and preferred not in _handed_out and is_free(preferred):
        return preferred
    # Processes start at different places, so that two that ask at once rarely get the same answer.
    start = os.getpid() * 61
    for step in range(_LAST - _FIRST):
        port = _FIRST + (start + step) % (_LAST - _FIRST)
        if port not in _handed_out and is_free(port):
            return port
    raise RuntimeError(f"no free port between {_FIRST} and {_LAST} on 127.0.0.1")


def give_back(port: int) -> None:
    """Let `free_port` hand out `port` again: its server is gone for good."""
    _handed_out.discard(port)
