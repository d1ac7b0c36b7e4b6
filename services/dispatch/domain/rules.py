"""When the ledger must look at an incident by itself, and when it may forget it."""

from datetime import datetime, timedelta

from services.dispatch.domain.deadlines import next_deadline
from services.dispatch.domain.state import Closed, Incident

CLOSED_KEPT = timedelta(days=30)  # longer than commands are kept: a late one must still find the incident closed


def due(incident: Incident) -> datetime | None:
    """The next deadline; None when only people can bring it further."""
    return next_deadline(incident)


def keep_for(incident: Incident) -> timedelta | None:
    """How long a closed incident stays in live state."""
    return CLOSED_KEPT if isinstance(incident, Closed) else None
