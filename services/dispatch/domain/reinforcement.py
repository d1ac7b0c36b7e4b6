"""Asking the matcher for units, and turning its selection into orders."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from services.dispatch.domain.commands import AssignUnits, Candidate
from services.dispatch.domain.events import OrderIssued, ReinforcementRequested, UnitsConsidered
from services.dispatch.domain.playbook import Threat
from services.dispatch.domain.reasons import ALREADY_ASKED, BY_NAME, CLAIM_LAPSED, NOT_NEEDED, PICKED, SHORT
from services.dispatch.domain.state import Reported, Round, StageProgress
from services.dispatch.domain.story import Story
from shared.vocabulary.decisions import Refused
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import AssigneeKind, OrderRole

RING_MAX_M = 100_000
NO_THREAT = Threat()
CLAIMS_GOOD_FOR = timedelta(seconds=20)
"""A selection that reaches the log later is not followed: whoever made it may have been frozen, its claims may have
lapsed or been lost, and its units may serve others by now. Far less than a claim is kept for.
"""


def request(
    story: Story,
    progress: StageProgress,
    count: int,
    reason: str,
    *,
    widened: bool = False,
    named: tuple[str, ...] = (),
) -> None:
    """Ask for `count` units for a stage, in its last ring or in a wider one; or for those of the names given."""
    incident = story.incident
    playbook = incident.playbook
    need = playbook.stage(progress.number).need
    within_m = progress.within_m * (playbook.widen_factor if widened else 1)
    threat = playbook.threat or NO_THREAT
    story.tell(
        ReinforcementRequested(
            **story.header(),
            round=len(incident.rounds) + 1,
            stage=progress.number,
            need=replace(need, count=count, within_m=min(within_m, RING_MAX_M)),
            observers_allowed=threat.others_observe
            and (reason == BY_NAME or _observers(incident, progress.number) < need.count),
            threat_members_min=threat.members_min,
            threat_equipment=tuple(kind.value for kind in threat.equipment),
            location=incident.location,
            exclude=() if reason == BY_NAME else incident.asked(),
            named=named,
            reason=reason,
        )
    )


def substitute(story: Story, stage: int, reason: str) -> None:
    """Ask for somebody in place of a responder that dropped out, unless enough are coming or being looked for."""
    progress = story.incident.progress(stage)
    if story.is_open and story.incident.shortfall(progress) > 0:
        request(story, progress, 1, reason)


def assign(story: Story, command: AssignUnits) -> Refused | None:
    """Issue orders to the units that were chosen and are still needed. A round is answered once, in time or in vain."""
    round_ = story.incident.round(command.round)
    if round_ is None:
        return Refused("round-unknown", f"round {command.round} was not requested")
    if round_.answered:
        return None
    progress = story.incident.progress(round_.stage)
    needed = round_.count
    if round_.reason != BY_NAME:
        needed = min(needed, progress.wanted - len(story.incident.responders(round_.stage)))
    has_lapsed = command.claimed_at is not None and story.now - command.claimed_at > CLAIMS_GOOD_FOR
    if has_lapsed:
        candidates = _lapsed(command.candidates)
    else:
        candidates = _settled(story.incident, round_, max(needed, 0), command.candidates)
    found = needed if has_lapsed else sum(1 for c in candidates if c.chosen and c.role is OrderRole.RESPOND)
    story.tell(
        UnitsConsidered(
            **story.header(),
            round=round_.number,
            stage=round_.stage,
            candidates=candidates,
            missing=max(needed, 0) - found,
        )
    )
    for candidate in candidates:
        if candidate.chosen:
            _issue(story, round_, candidate)
    if has_lapsed and needed > 0 and round_.reason != BY_NAME:
        request(story, progress, needed, CLAIM_LAPSED)
    elif round_.reason == PICKED:
        _look_for_the_rest(story, round_.stage)
    return None


def _look_for_the_rest(story: Story, stage: int) -> None:
    """At once: of those picked not all were free."""
    progress = story.incident.progress(stage)
    if (missing := story.incident.shortfall(progress)) > 0:
        request(story, progress, missing, SHORT)


def _lapsed(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Nobody is chosen; those who were are set free by saying so."""
    return tuple(replace(c, chosen=False, reasons=(CLAIM_LAPSED,)) if c.chosen else c for c in candidates)


def _settled(incident: Reported, round_: Round, needed: int, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The candidates, of whom no more are chosen than are needed now, and nobody who was asked before."""
    room = {OrderRole.RESPOND: needed, OrderRole.OBSERVE: needed if round_.observers_allowed else 0}
    taken = list(incident.asked())
    if round_.reason == BY_NAME:  # who did not answer, say, may have been heard on the radio since
        taken = [order.assignee_id for order in incident.open_orders()]
    settled: list[Candidate] = []
    for candidate in candidates:
        if not candidate.chosen:
            settled.append(candidate)
        elif candidate.unit_id in taken:
            settled.append(replace(candidate, chosen=False, reasons=(ALREADY_ASKED,)))
        elif room[candidate.role] == 0:
            settled.append(replace(candidate, chosen=False, reasons=(NOT_NEEDED,)))
        else:
            room[candidate.role] -= 1
            taken.append(candidate.unit_id)
            settled.append(candidate)
    return tuple(settled)


def _issue(story: Story, round_: Round, candidate: Candidate) -> None:
    incident, header = story.incident, story.header()
    header["by"] = round_.by
    story.tell(
        OrderIssued(
            **header,
            order_id=derived_id("order", incident.incident_id, round_.number, candidate.unit_id),
            round=round_.number,
            stage=round_.stage,
            assignee_kind=AssigneeKind.UNIT,
            assignee_id=candidate.unit_id,
            assignee_station_id=candidate.station_id,
            role=candidate.role,
            location=incident.location,
            incident_class=incident.incident_class,
            severity=incident.severity,
            distance_m=candidate.distance_m,
            eta_s=candidate.eta_s,
            respond_by=story.now + timedelta(seconds=incident.playbook.silence_s),
        )
    )


def _observers(incident: Reported, stage: int) -> int:
    return sum(1 for o in incident.orders if o.stage == stage and o.role is OrderRole.OBSERVE)
