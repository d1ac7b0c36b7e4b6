"""Incidents that nobody answers, reported over HTTP at a steady pace."""

import json
from collections.abc import Mapping, Sequence

from shared.contracts.base import Place
from tests.bench.load import Request, Tally, open_loop, run

PATH = "/dispatch/v1/incidents"
REPORTED = 201


def report_incidents(base_url: str, headers: Mapping[str, str], places: Sequence[Place], rate: float) -> Tally:
    """In the load process: one incident at each place, so many a second."""
    requests = iter([Request(PATH, headers, _report(place)) for place in places])
    seconds = len(places) / rate
    return run(open_loop(base_url, lambda: next(requests, None), rate=rate, seconds=seconds))


def _report(place: Place) -> bytes:
    location = {"lon": place.lon, "lat": place.lat, "crs": "wgs84"}
    report = {"class": "rescue", "severity": "serious", "location": location, "description": "bench"}
    return json.dumps(report).encode()
