"""Units that somebody chose: picked with the report, or asked for later."""

from collections.abc import Iterator, Sequence

from services.dispatch.domain.commands import RequestUnit
from services.dispatch.domain.playbook import Stage
from services.dispatch.domain.reasons import BY_NAME, PICKED, STAGE_STARTED
from services.dispatch.domain.reinforcement import request
from services.dispatch.domain.state import Reported, StageProgress
from services.dispatch.domain.story import Story
from shared.vocabulary.decisions import Refused
from shared.vocabulary.terms import AssigneeKind


def request_by_name(story: Story, command: RequestUnit) -> Refused | None:
    """This unit too, whatever the stages ask for. Nobody is looked for in its place should it not be free."""
    incident = story.incident
    if any(order.assignee_id == command.unit_id for order in incident.open_orders()):
        return Refused("already-ordered", f"{command.unit_id} has an order of this incident")
    of_units = [progress for progress, _ in _unit_stages(incident)]
    if not of_units:
        return Refused("no-unit-stage", "the playbook asks for no units")
    waiting = [progress for progress in of_units if progress.attained_at is None]
    request(story, (waiting or of_units[-1:])[0], 1, BY_NAME, named=(command.unit_id,))
    return None


def request_picked(story: Story, units: Sequence[str]) -> None:
    """Those that the dispatcher picked instead of the matcher's own first choice, stage by stage.

    All that are named come first, so that nobody else takes them; then the rest of what their stages need.
    """
    shares = list(_shared_out(_starting(story.incident), list(dict.fromkeys(units))))
    for progress, _, picked in shares:
        if picked:
            request(story, progress, len(picked), PICKED, named=picked)
    for progress, stage, picked in shares:
        if picked and len(picked) < stage.need.count:
            request(story, progress, stage.need.count - len(picked), STAGE_STARTED)


def _starting(incident: Reported) -> Sequence[tuple[StageProgress, Stage]]:
    """The stages of units that start with the report; else the first of them, which starts now for those picked."""
    of_units = list(_unit_stages(incident))
    return [(progress, stage) for progress, stage in of_units if stage.starts_after_s == 0] or of_units[:1]


def _shared_out(
    stages: Sequence[tuple[StageProgress, Stage]], units: list[str]
) -> Iterator[tuple[StageProgress, Stage, tuple[str, ...]]]:
    """As many as each stage needs, in order; the last one takes what is left over."""
    for number, (progress, stage) in enumerate(stages, start=1):
        count = len(units) if number == len(stages) else stage.need.count
        yield progress, stage, tuple(units[:count])
        del units[:count]


def _unit_stages(incident: Reported) -> Iterator[tuple[StageProgress, Stage]]:
    for progress in incident.stages:
        stage = incident.playbook.stage(progress.number)
        if stage.need.assignee is AssigneeKind.UNIT:
            yield progress, stage
