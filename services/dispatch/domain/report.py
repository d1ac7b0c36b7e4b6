"""The report of an incident, and what it sets going at once."""

from datetime import datetime

from services.dispatch.domain.by_name import request_picked
from services.dispatch.domain.commands import ReportIncident
from services.dispatch.domain.deadlines import pass_time
from services.dispatch.domain.events import BroadcastOrdered, Event, IncidentReported
from services.dispatch.domain.evolve import evolve
from services.dispatch.domain.state import Unreported
from services.dispatch.domain.story import Story
from shared.vocabulary.ids import derived_id


def report(command: ReportIncident, now: datetime) -> tuple[Event, ...]:
    """The incident is open; its broadcast goes out, and the stages that start with it."""
    reported = IncidentReported(
        incident_id=command.incident_id,
        station_id=command.station_id,
        path=command.path,
        drill=command.drill,
        at=now,
        by=command.by,
        incident_class=command.incident_class,
        severity=command.severity,
        location=command.location,
        description=command.description,
        photo_url=command.photo_url,
        source=command.source,
        external_id=command.external_id,
        playbook=command.playbook,
    )
    incident = evolve(Unreported(), reported)
    assert not isinstance(incident, Unreported)
    story = Story(incident, now, command.by)
    if command.playbook.broadcast is not None:
        story.tell(
            BroadcastOrdered(
                **story.header(),
                broadcast_id=derived_id("broadcast", command.incident_id),
                audiences=command.playbook.broadcast.audiences,
                text=command.description,
                photo_url=command.photo_url,
            )
        )
    if command.units:
        request_picked(story, command.units)
    pass_time(story)
    return (reported, *story.events)
