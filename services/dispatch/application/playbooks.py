"""Which playbook applies, and how fast its clock runs."""

from typing import Protocol

from shared.contracts.playbook import Playbook
from shared.vocabulary.terms import IncidentClass, Severity


class Playbooks(Protocol):
    """The playbooks in force."""

    def playbook_for(self, incident_class: IncidentClass, severity: Severity) -> Playbook:
        """The one playbook for incidents of this class and severity; there is one for each."""
        ...


def with_times_scaled(playbook: Playbook, factor: float) -> Playbook:
    """The playbook with every time multiplied by `factor` (> 0): below 1, an hour is played in minutes."""
    if factor == 1:
        return playbook
    stages = (
        stage.model_copy(
            update={"starts_after_s": stage.starts_after_s * factor, "due_after_s": stage.due_after_s * factor}
        )
        for stage in playbook.stages
    )
    return playbook.model_copy(
        update={
            "stages": tuple(stages),
            "silence_s": playbook.silence_s * factor,
            "retry_s": playbook.retry_s * factor,
        }
    )
