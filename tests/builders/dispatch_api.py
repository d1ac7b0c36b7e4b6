"""Dispatch's API without a broker and without Redis."""

from fastapi import FastAPI
from redis.asyncio import Redis

from services.dispatch.adapters.http_parts import TITLES, Parts
from services.dispatch.adapters.incident_tail import IncidentTail
from services.dispatch.adapters.straight_line import StraightLineTimes
from services.dispatch.adapters.yaml_playbooks import YamlPlaybooks
from services.dispatch.application.foresight import Foresight
from services.dispatch.application.incident_views import IncidentViews
from services.dispatch.application.ports import Lookout
from services.dispatch.application.report_incident import IncidentDesk
from services.dispatch.application.unit_map import UnitMap
from services.dispatch.bootstrap import install_live_routes, install_routes
from services.dispatch.settings import DispatchSettings
from shared.platform.web.api import create_api
from tests.builders.nothing import NOWHERE, nothing_to_start
from tests.component.dispatch.fakes import CountingIds, FixedDirectory, MemoryIncidents, Places
from tests.fakes.keys import PUBLIC_KEY


def dispatch_on_fakes(
    incidents: MemoryIncidents,
    views: IncidentViews,
    *,
    tail: IncidentTail | None = None,
    units: UnitMap | None = None,
    lookout: Lookout | None = None,
) -> FastAPI:
    """By default with a stream on which nothing happens, with an empty map, and with no unit near anything."""
    app = create_api(
        "dispatch",
        settings=DispatchSettings(kafka_bootstrap="127.0.0.1:9", redis_url=NOWHERE, token_public_key=PUBLIC_KEY),
        clock=incidents.clock,
        redis=Redis.from_url(NOWHERE),
        titles=TITLES,
        checks={},
        lifespan=nothing_to_start,
    )
    desk = IncidentDesk(playbooks=YamlPlaybooks(), stations=Places(), units=Places(), time_factor=0.1)
    foresight = Foresight(
        units=lookout or FixedDirectory(),
        homes=Places(),
        travel_times=StraightLineTimes(detour_factor=1.4, speed_m_s=1.5),
        clock=incidents.clock,
    )
    install_routes(app, Parts(incidents, incidents, views, desk), foresight, CountingIds())
    if units is None:
        units = UnitMap()
        units.is_complete = True
    install_live_routes(app, tail or IncidentTail("127.0.0.1:9"), units, incidents.clock)
    return app
