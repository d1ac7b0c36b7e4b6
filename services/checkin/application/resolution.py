"""What an import comes to while it is checked: entries, and what is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.checkin.application.parse_rows import Parsed
from services.checkin.application.tables import CellError
from services.checkin.domain.registry import Entry
from shared.vocabulary.geography import Point, to_wgs84
from shared.vocabulary.organisation import within


@dataclass
class Resolution:
    """The entries of an import, with the rows each comes from, and what was found wrong on the way."""

    subtree: str
    entries: list[tuple[Entry, tuple[int, ...]]] = field(default_factory=list[tuple[Entry, tuple[int, ...]]])
    errors: list[CellError] = field(default_factory=list[CellError])

    def refuse(self, row: int, column: str, code: str, detail: str) -> None:
        self.errors.append(CellError(row, column, code, detail))

    def may_write(self, row: Parsed, column: str, path: str | None, standing_at: str | None) -> bool:
        """Whether an entry may go to `path` (None: what it refers to is not there) from where it is now.

        What lies outside of the importer's subtree is not there for it; only that a code is taken can not be hidden.
        """
        if path is None or not within(path, self.subtree):
            self.refuse(
                row.row,
                column,
                "unknown-reference",
                f"{row.values[column] or row.values['code']} is not in {self.subtree}",
            )
        elif standing_at is not None and not within(standing_at, self.subtree):
            self.refuse(row.row, "code", "not-yours", f"the code is taken outside of {self.subtree}")
        else:
            return True
        return False


def values_of(rows: Iterable[Parsed], *names: str) -> set[str]:
    """Every value of these columns that is given."""
    return {value for row in rows for name in names if (value := row.values[name]) is not None}


def place_of(values: Mapping[str, Any], lon: str, lat: str) -> Point:
    """The place that two columns name, in the reference system of the row's column `crs`."""
    place = to_wgs84(values[lon], values[lat], values["crs"])
    return Point(round(place.lon, 7), round(place.lat, 7))  # a centimetre
