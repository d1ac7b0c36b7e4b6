"""What choosing units is compared with: PostGIS with the same filters, and a scan of arrays in memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg

from shared.vocabulary.geography import Point
from shared.vocabulary.terms import EquipmentKind
from tests.bench.city import OnDuty

METRES_PER_DEGREE = 111_195.0
NEVER_MS = 2**62
_BITS = {kind: 1 << number for number, kind in enumerate(EquipmentKind)}


def mask_of(kinds: Sequence[EquipmentKind]) -> int:
    """A bit for each kind."""
    return sum(_BITS[kind] for kind in set(kinds))


class PostgisUnits:
    """A table in metres (UTM 49N) with a GiST index and its statistics; the query is prepared."""

    _TABLE = """
        CREATE EXTENSION IF NOT EXISTS postgis;
        DROP TABLE IF EXISTS units;
        CREATE TABLE units (
            unit_id text PRIMARY KEY, place geometry(Point, 32649) NOT NULL, members int NOT NULL,
            equipment int NOT NULL, until_ms bigint NOT NULL, at_ms bigint NOT NULL, claimed boolean NOT NULL
        );"""
    _NEAREST = """
        SELECT unit_id, members, place <-> here AS distance_m
        FROM units, (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), 32649) AS here) AS scene
        WHERE members >= %(members)s AND equipment & %(mask)s = %(mask)s AND until_ms > %(now_ms)s
            AND at_ms >= %(oldest_ms)s AND NOT claimed AND ST_DWithin(place, here, %(within_m)s)
        ORDER BY place <-> here LIMIT %(count)s"""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection

    async def fill(self, city: Sequence[OnDuty], at_ms: int) -> None:
        """The table anew, with these units."""
        await self._connection.execute(self._TABLE)
        async with self._connection.cursor() as cursor:
            columns = "unit_id, place, members, equipment, until_ms, at_ms, claimed"
            await cursor.execute("CREATE TEMP TABLE raw (unit_id text, lon float8, lat float8, members int, mask int)")
            async with cursor.copy("COPY raw FROM STDIN") as copy:
                for unit in city:
                    place = unit.place
                    row = (unit.unit_id, place.lon, place.lat, len(unit.members), mask_of(unit.equipment))
                    await copy.write_row(row)
            await cursor.execute(
                f"INSERT INTO units ({columns}) SELECT unit_id,"  # noqa: S608 - constants
                " ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 32649), members, mask, %s, %s, false FROM raw",
                (NEVER_MS, at_ms),
            )
            await cursor.execute("DROP TABLE raw")
            await cursor.execute("CREATE INDEX ON units USING gist (place)")
            await cursor.execute("ANALYZE units")

    async def nearest(self, scene: Point, wanted: dict[str, Any]) -> list[Any]:
        """The nearest units that are fit."""
        values = {"lon": scene.lon, "lat": scene.lat, **wanted}
        return await (await self._connection.execute(self._NEAREST, values, prepare=True)).fetchall()


class ArrayUnits:
    """Everything in arrays; each question looks at all of them."""

    def __init__(self, city: Sequence[OnDuty], at_ms: int) -> None:
        self._lon = np.array([unit.place.lon for unit in city])
        self._lat = np.array([unit.place.lat for unit in city])
        self._members = np.array([len(unit.members) for unit in city], dtype=np.int32)
        self._equipment = np.array([mask_of(unit.equipment) for unit in city], dtype=np.int32)
        self._until_ms = np.full(len(city), NEVER_MS, dtype=np.int64)
        self._at_ms = np.full(len(city), at_ms, dtype=np.int64)
        self._claimed = np.zeros(len(city), dtype=bool)

    def nearest(self, scene: Point, wanted: dict[str, Any]) -> list[int]:
        """The nearest units that are fit, by number."""
        east = (self._lon - scene.lon) * (METRES_PER_DEGREE * np.cos(np.radians(scene.lat)))
        north = (self._lat - scene.lat) * METRES_PER_DEGREE
        squared = east * east + north * north
        mask = wanted["mask"]
        fit = (
            (squared <= wanted["within_m"] ** 2)
            & (self._members >= wanted["members"])
            & (self._equipment & mask == mask)
            & (self._until_ms > wanted["now_ms"])
            & (self._at_ms >= wanted["oldest_ms"])
            & ~self._claimed
        )
        numbers = np.flatnonzero(fit)
        return list(numbers[np.argsort(squared[numbers])[: wanted["count"]]])
