"""Members who scan their post's code, in the load process: nobody uses a code twice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from services.checkin.domain.codes import PostCodes, step_at
from shared.platform.clock import SystemClock
from tests.bench.load import Request, Tally, closed_loop, open_loop, run


@dataclass(frozen=True, slots=True)
class Scanner:
    """A member at a post, with a token."""

    token: str
    unit_id: str
    post_id: str
    lon: float
    lat: float


class _Scans:
    """Gives everybody a turn in order; who has used this moment's code already is passed over."""

    def __init__(self, scanners: Sequence[Scanner], secret: str) -> None:
        self._scanners = scanners
        self._codes = PostCodes(secret.encode())
        self._clock = SystemClock()
        self._turns = cycle(range(len(scanners)))
        self._used = [0] * len(scanners)
        self._shown: dict[str, tuple[int, str]] = {}

    def again(self, path: str) -> Request:
        """For a route that does not look at codes: nobody's code is used up."""
        return self._request(path, next(self._turns), step_at(self._clock.now()))

    def fresh(self, path: str) -> Request | None:
        """None: everybody has used the code of this step."""
        step = step_at(self._clock.now())
        for number in islice(self._turns, len(self._scanners)):
            if self._used[number] < step:
                self._used[number] = step
                return self._request(path, number, step)
        return None

    def _request(self, path: str, number: int, step: int) -> Request:
        scanner = self._scanners[number]
        known = self._shown.get(scanner.post_id)
        if known is None or known[0] != step:
            code = self._codes.shown(scanner.post_id, self._clock.now()).code
            known = self._shown[scanner.post_id] = (step, code)
        location = {"lon": scanner.lon, "lat": scanner.lat, "accuracy_m": 12, "crs": "wgs84"}
        body = {"unit_id": scanner.unit_id, "code": known[1], "location": location}
        headers = {"Authorization": f"Bearer {scanner.token}", "Content-Type": "application/json"}
        return Request(path, headers, json.dumps(body).encode())


_scans: list[_Scans] = []


def get_ready(scanners: Sequence[Scanner], secret: str) -> None:
    """Who scans from now on."""
    _scans[:] = [_Scans(scanners, secret)]


def check_in_closed(base_url: str, path: str, clients: int, seconds: float) -> Tally:
    """Check in as fast as the answers come, until everybody has."""
    return run(closed_loop(base_url, lambda: _scans[0].fresh(path), clients=clients, seconds=seconds))


def post_closed(base_url: str, path: str, clients: int, seconds: float) -> Tally:
    """The same requests to a route that takes them as often as they come."""
    return run(closed_loop(base_url, lambda: _scans[0].again(path), clients=clients, seconds=seconds))


def check_in_open(base_url: str, path: str, rate: float, seconds: float) -> Tally:
    """So many check-ins a second."""
    return run(open_loop(base_url, lambda: _scans[0].fresh(path), rate=rate, seconds=seconds))
