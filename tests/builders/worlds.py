"""All four services on fakes."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.builders.analytics_world import analytics_world
from tests.builders.checkin_world import checkin_world
from tests.builders.dispatch_world import dispatch_world
from tests.builders.notify_world import notify_world
from tests.builders.world import World

WORLDS: dict[str, Callable[[], AbstractAsyncContextManager[World]]] = {
    "checkin": checkin_world,
    "dispatch": dispatch_world,
    "notify": notify_world,
    "analytics": analytics_world,
}
