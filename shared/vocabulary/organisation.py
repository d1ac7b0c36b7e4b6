"""The organisation tree city → district → station, as paths of codes."""

import re
from enum import StrEnum

# GB/T 2260 gives six digits to a district (440106); stations append three of their own (440106007).
_PATH = re.compile(r"(/[0-9]{4,12}){1,4}")


class StationLevel(StrEnum):
    """The levels of the tree: 市局, 分局, 派出所."""

    CITY = "city"
    DISTRICT = "district"
    STATION = "station"


def is_path(path: str) -> bool:
    """Whether `path` looks like `/440100/440106/440106007`."""
    return _PATH.fullmatch(path) is not None


def within(path: str, subtree: str) -> bool:
    """Whether the node at `path` lies in the subtree that starts at `subtree`."""
    return path == subtree or path.startswith(subtree + "/")


def is_gbt2260(code: str) -> bool:
    """Whether `code` has the form of a GB/T 2260 division code: six digits, the province first."""
    return re.fullmatch(r"[1-8][0-9]{5}", code) is not None
