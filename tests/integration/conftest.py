"""The declared topics, empty, and the platform's settings, on the session's real backends."""

from collections.abc import Callable

import pytest
from kafka.admin import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from shared.contracts.topics import TOPICS
from shared.platform.settings import PlatformSettings
from shared.platform.topic_admin import TopicAdmin
from tests.fakes.keys import PUBLIC_KEY

GONE_WITHIN = 200


@pytest.fixture(scope="module")
def topics_applied(kafka_bootstrap: str) -> str:
    """The bootstrap address of a broker that has every declared topic, empty.

    Made anew for each module: one module's records are not another's history, and some are no whole history at all.
    """
    _delete_declared(kafka_bootstrap)
    with TopicAdmin(kafka_bootstrap) as admin:
        _until_it_is_there(lambda: admin.apply(replication_factor=1))
        assert admin.check() == []
    return kafka_bootstrap


@pytest.fixture
def settings(topics_applied: str, redis_url: str) -> PlatformSettings:
    return PlatformSettings(kafka_bootstrap=topics_applied, redis_url=redis_url, token_public_key=PUBLIC_KEY)


def _delete_declared(bootstrap: str) -> None:
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        declared = {name for topic in TOPICS for name in (topic.name, topic.dlq)}
        present = sorted(declared & set(client.list_topics()))
        if present:
            client.delete_topics(present)
            for _ in range(GONE_WITHIN):
                if not declared & set(client.list_topics()):
                    return
            raise AssertionError("the broker keeps deleted topics")
    finally:
        client.close()


def _until_it_is_there(apply: Callable[[], object]) -> None:
    """A topic that is being deleted may still be in the way of its successor."""
    for _ in range(GONE_WITHIN - 1):
        try:
            apply()
            return
        except TopicAlreadyExistsError:
            continue
    apply()
