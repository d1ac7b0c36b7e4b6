"""Becomes a program that Linux kills when the process that started it is gone, SIGKILL included.

Run as a script by `deploy.local.spawning`: PARENT USER PROGRAM ARGUMENT... USER may be empty; else this runs
as root and becomes that account first. A script of its own, because nothing but exec is safe between fork and
exec in a process with threads.
"""

import ctypes
import os
import pwd
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, user: str, command: list[str]) -> None:
    if user:
        account = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if sys.platform == "linux":
        # After the change of account: that would take it back.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it went before the kernel had been asked
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - what this script is for


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
