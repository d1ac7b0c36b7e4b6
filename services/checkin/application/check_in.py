"""What is verified of a check-in before it becomes a command: who, where, and with which code."""

from dataclasses import dataclass
from datetime import datetime

from services.checkin.application.directory import Directory
from services.checkin.application.ports import PinAttempts
from services.checkin.domain.codes import INVALID, PostCodes, Valid
from shared.contracts.base import Place
from shared.contracts.duty import CheckIn
from shared.contracts.registry import Site, Unit
from shared.vocabulary.decisions import Refused
from shared.vocabulary.geography import Geofence, Point

ACCURACY_CAP_M = 100.0
"""However inaccurate a phone says it is, the geofence opens by no more than this."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a member's phone sends. `pin` only with a printed code; `location` in WGS-84."""

    unit_id: str
    member_id: str
    code: str
    pin: str | None
    location: Point
    accuracy_m: float
    scanned_at: datetime


class CheckInDesk:
    """Verifies scans against the registry. Nothing here asks a database."""

    def __init__(self, directory: Directory, codes: PostCodes, attempts: PinAttempts, lease_s: int) -> None:
        """`lease_s`: seconds that a check-in is good for."""
        self._directory = directory
        self._codes = codes
        self._attempts = attempts
        self._lease_s = lease_s

    async def verify(self, scan: Scan) -> CheckIn | Refused:
        """The command, or why not: `not-a-member`, `unit-suspended`, `code-expired`, `code-invalid`,
        `too-many-attempts`, `outside-geofence`. Of others' units nobody learns whether there are any.
        """
        unit = self._directory.units.get(scan.unit_id)
        site = self._directory.sites.get(unit.site_id) if unit is not None else None
        if unit is None or site is None or scan.member_id not in unit.member_ids:
            return Refused("not-a-member", f"the token's owner is no member of {scan.unit_id}")
        if unit.suspended:
            return Refused("unit-suspended", f"{unit.name} is suspended")
        verified = await self._verify_code(site, scan)
        if isinstance(verified, Refused):
            return verified
        if not _is_at_post(site, verified.post_id, scan):
            return Refused(
                "outside-geofence", f"the reported place is not within {site.geofence_radius_m:g} m of the post"
            )
        return self._command(unit, scan, verified)

    async def _verify_code(self, site: Site, scan: Scan) -> Valid | Refused:
        if scan.pin is None:
            return self._codes.verify([post.post_id for post in site.posts], scan.code, scan.scanned_at)
        printed = [post.post_id for post in site.posts if post.fixed_code_allowed]
        if not printed:
            return INVALID
        if not await self._attempts.take(scan.member_id):
            return Refused("too-many-attempts", "wait a quarter of an hour, or scan the rotating code")
        verified = self._codes.verify_printed(printed, scan.code, scan.pin)
        if isinstance(verified, Valid):
            await self._attempts.forget(scan.member_id)
        return verified

    def _command(self, unit: Unit, scan: Scan, verified: Valid) -> CheckIn:
        return CheckIn(
            unit_id=unit.unit_id,
            member_id=scan.member_id,
            post_id=verified.post_id,
            station_id=unit.station_id,
            path=unit.path,
            site_class=unit.site_class,
            quorum=unit.quorum,
            location=Place(lon=scan.location.lon, lat=scan.location.lat),
            accuracy_m=scan.accuracy_m,
            code_step=verified.step,
            scanned_at=scan.scanned_at,
            lease_s=self._lease_s,
        )


def _is_at_post(site: Site, post_id: str, scan: Scan) -> bool:
    post = next(post for post in site.posts if post.post_id == post_id)
    fence = Geofence(Point(post.location.lon, post.location.lat), site.geofence_radius_m)
    return fence.admits(scan.location, min(scan.accuracy_m, ACCURACY_CAP_M))
