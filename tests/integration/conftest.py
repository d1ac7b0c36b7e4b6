"""The declared topics and the platform's settings, on the session's real backends."""

import pytest

from shared.platform.settings import PlatformSettings
from shared.platform.topic_admin import TopicAdmin
from tests.fakes.keys import PUBLIC_KEY


@pytest.fixture(scope="session")
def topics_applied(kafka_bootstrap: str) -> str:
    """The bootstrap address of a broker that has every declared topic."""
    with TopicAdmin(kafka_bootstrap) as admin:
        admin.apply(replication_factor=1)
        assert admin.check() == []
    return kafka_bootstrap


@pytest.fixture
def settings(topics_applied: str, redis_url: str) -> PlatformSettings:
    return PlatformSettings(kafka_bootstrap=topics_applied, redis_url=redis_url, token_public_key=PUBLIC_KEY)
