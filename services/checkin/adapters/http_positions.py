"""Positions in batches."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from prometheus_client import Counter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.checkin.adapters.http_registry_ready import registry_is_read
from services.checkin.adapters.http_units import CREW, unit_of
from services.checkin.application.directory import Directory
from services.checkin.application.ports import PositionLog
from services.checkin.application.report_positions import ReportedFix, Reporter, report_positions
from shared.platform.web.tokens import Principal, principal_with
from shared.ports import Clock
from shared.vocabulary.geography import Crs
from shared.vocabulary.terms import Role

FIXES = Counter("meu_fixes", "Fixes reported: accepted, or why not.", ["result"])
BATCH_MAX = 5000

Reports = Annotated[Principal, Depends(principal_with(*CREW, Role.OFFICER, Role.OPERATOR, Role.PARTNER))]


class FixRequest(BaseModel):
    """Where a member was at `time`. Values out of range reject this fix only."""

    model_config = ConfigDict(extra="forbid")
    unit_id: str = Field(max_length=80)
    member_id: str = Field(max_length=80)
    lon: float
    lat: float
    accuracy_m: float
    time: AwareDatetime


class PositionsRequest(BaseModel):
    """Coordinates in `crs`."""

    model_config = ConfigDict(extra="forbid")
    fixes: list[FixRequest] = Field(min_length=1, max_length=BATCH_MAX)
    crs: Crs = Crs.WGS84


class RejectedFix(BaseModel):
    """`index` counts from 0."""

    index: int
    code: str


class PositionsAnswer(BaseModel):
    """`accepted` fixes are on the log."""

    accepted: int
    rejected: list[RejectedFix]


def position_routes(directory: Directory, log: PositionLog, clock: Clock) -> APIRouter:
    """`/positions`."""
    ready = Depends(registry_is_read(directory))
    router = APIRouter(prefix="/checkin/v1", tags=["positions"], dependencies=[ready])

    @router.post("/positions", status_code=202)
    async def report(body: PositionsRequest, caller: Reports) -> PositionsAnswer:
        """Each fix counts for itself: `out-of-range`, `unknown-unit`, `not-your-unit`, `not-a-member`,
        `time-in-future`, `stale`.
        """
        fixes = [ReportedFix(**vars(fix)) for fix in body.fixes]
        reporter = Reporter(caller.path, unit_of(caller))
        rejected = await report_positions(fixes, reporter, body.crs, clock.now(), directory, log)
        FIXES.labels("accepted").inc(len(fixes) - len(rejected))
        for item in rejected:
            FIXES.labels(item.code).inc()
        return PositionsAnswer(
            accepted=len(fixes) - len(rejected), rejected=[RejectedFix(**asdict(item)) for item in rejected]
        )

    del report  # registered
    return router
