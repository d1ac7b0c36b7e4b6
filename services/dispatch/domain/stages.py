"""The stages of 1-3-5: each starts, and is attained, at most once."""

from datetime import timedelta

from services.dispatch.domain.events import OrderIssued, OrderWithdrawn, StageAttained
from services.dispatch.domain.orders import Acknowledged, Arrived, Issued, OpenOrder
from services.dispatch.domain.playbook import Stage
from services.dispatch.domain.reasons import STAGE_ATTAINED, STAGE_STARTED
from services.dispatch.domain.reinforcement import request
from services.dispatch.domain.state import StageProgress
from services.dispatch.domain.story import Story
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import AssigneeKind, OrderRole

POLICE_ROUND = 0  # the station's police are not looked for by the matcher


def start(story: Story, progress: StageProgress) -> None:
    """Its orders go out: units by way of the matcher, the station's own police at once."""
    stage = story.incident.playbook.stage(progress.number)
    if stage.need.assignee is AssigneeKind.POLICE:
        _order_police(story, stage)
    else:
        request(story, progress, stage.need.count, STAGE_STARTED)


def settle(story: Story, number: int) -> None:
    """The stage is attained if enough responders have done what it asks for; then the rest is stood down."""
    incident = story.incident
    stage = incident.playbook.stage(number)
    progress = incident.progress(number)
    if progress.attained_at is not None:
        return
    done = sum(1 for order in incident.responders(number) if _has_done(order, stage))
    if done >= stage.need.count:
        attain(story, stage)
        _stand_down(story, number)


def attain(story: Story, stage: Stage) -> None:
    """The stage is attained now."""
    incident = story.incident
    story.tell(
        StageAttained(
            **story.header(),
            stage=stage.number,
            after_s=story.seconds_since(incident.reported_at),
            in_time=story.now <= incident.due_at(stage),
        )
    )


def _order_police(story: Story, stage: Stage) -> None:
    incident = story.incident
    story.tell(
        OrderIssued(
            **story.header(),
            order_id=derived_id("order", incident.incident_id, f"stage-{stage.number}", incident.station_id),
            round=POLICE_ROUND,
            stage=stage.number,
            assignee_kind=AssigneeKind.POLICE,
            assignee_id=incident.station_id,
            assignee_station_id=incident.station_id,
            role=OrderRole.RESPOND,
            location=incident.location,
            incident_class=incident.incident_class,
            severity=incident.severity,
            distance_m=None,
            eta_s=None,
            respond_by=story.now + timedelta(seconds=incident.playbook.silence_s),
        )
    )


def _has_done(order: OpenOrder, stage: Stage) -> bool:
    if stage.attained_by == "acknowledged":
        return isinstance(order, Acknowledged | Arrived)
    return isinstance(order, Arrived)


def _stand_down(story: Story, number: int) -> None:
    """Who has not answered yet is not needed any more; who has said that they come may come."""
    for order in story.incident.open_orders():
        if order.stage == number and isinstance(order, Issued):
            story.tell(OrderWithdrawn(**story.order_header(order), reason=STAGE_ATTAINED))
