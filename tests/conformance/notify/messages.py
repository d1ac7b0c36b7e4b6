"""Messages as short as tests want to write them."""

from datetime import UTC, datetime, timedelta

from services.notify.application.channels import Addressee, OutgoingMessage
from shared.vocabulary.terms import Lane

T0 = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)


def message(*addresses: str, number: int = 1) -> OutgoingMessage:
    """To members `m0`, `m1`, …; attempts of different `number` are of one delivery."""
    return OutgoingMessage(
        attempt_id=f"attempt-{number}",
        delivery_id="delivery-1",
        lane=Lane.EMERGENCY,
        purpose="order",
        incident_id="incident-1",
        order_id="order-1",
        drill=False,
        short_number="0042",
        text="紧急指令0042：求助",
        photo_url=None,
        actions=("acknowledge",),
        planned_at=T0,
        expires_at=T0 + timedelta(minutes=15),
        addressees=tuple(Addressee(f"m{index}", address) for index, address in enumerate(addresses)),
    )
