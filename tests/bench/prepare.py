"""PostGIS for the row that compares with it, from Debian's packages where that is allowed."""

import os
import shutil
from pathlib import Path

from deploy.local.postgres_server import PostgresUnavailable, postgres_programs
from tests.bench.rows import CannotMeasure
from tests.prepare import Need, install


def has_postgis() -> bool:
    """Whether the newest PostgreSQL on this machine has the extension."""
    try:
        programs = postgres_programs()
    except PostgresUnavailable:
        return False
    control = "extension/postgis.control"
    shares = (Path("/usr/share/postgresql") / programs.parent.name, programs.parent / "share" / "postgresql")
    return any((share / control).exists() for share in shares)


def _need() -> Need:
    try:
        version = postgres_programs().parent.name
    except PostgresUnavailable:
        return Need("PostgreSQL with PostGIS", has_postgis, "postgresql")
    return Need("PostGIS", has_postgis, f"postgresql-{version}-postgis-3")


def provide_postgis() -> None:
    """Install what is missing. CannotMeasure says what could not be had."""
    if not (os.geteuid() == 0 and shutil.which("apt-get")) and not has_postgis():
        raise CannotMeasure(f"{_need().name} is not here: install the package {_need().debian_package}")
    for _ in range(2):  # PostgreSQL first: its version names the extension's package
        if has_postgis():
            return
        try:
            install([_need().debian_package])
        except SystemExit as failed:
            raise CannotMeasure(
                f"{_need().name} could not be installed: {str(failed.code).splitlines()[0]}"
            ) from failed
    if not has_postgis():
        raise CannotMeasure(f"{_need().name} was installed and is not found")
