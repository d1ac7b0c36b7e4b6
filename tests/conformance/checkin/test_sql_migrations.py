"""A database of an earlier release, with rows in it, and what becomes of them."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.checkin.adapters.seal import Seal
from services.checkin.adapters.sql_engine import MIGRATIONS, create_engine, migrate, writing
from services.checkin.adapters.sql_outbox import SqlRegistryOutbox
from services.checkin.adapters.sql_registry import SqlRegistry
from services.checkin.adapters.sql_states import states_of
from services.checkin.application.states import member_state
from services.checkin.domain.registry import MemberEntry
from shared.contracts.registry import Member
from shared.vocabulary.terms import ChannelKind
from tests.conformance.checkin.city import LEADER, MEMBER, STATION_PATH
from tests.conformance.checkin.conftest import KEY

SEAL = Seal(KEY)
UNIT_V1 = (
    "INSERT INTO registry_stations VALUES ('440106001', '天河南派出所', 'station', NULL, :path, 113.32, 23.14)",
    "INSERT INTO registry_sites VALUES ('s-1', '体育中心', 'B', '440106001', 113.32, 23.14, 300, '天河路299号')",
    "INSERT INTO registry_units VALUES ('u-1', '体育中心东门单元', 's-1', NULL, '[]', FALSE)",
)
MEMBER_V1 = (
    "INSERT INTO registry_members (code, name_sealed, phone_sealed, id_number_sealed, unit, role, language, active)"
    " VALUES (:code, :name, :phone, :id_number, 'u-1', :role, :language, TRUE)"
)
"""As release 0001 wrote them."""
WITHOUT_PHONE = MemberEntry("m-9", "钱无", "", "", "u-1", None, MEMBER.role, "zh-CN", True, (), "")


async def write_v1(connection: AsyncConnection, member: MemberEntry) -> None:
    values = {
        "code": member.code,
        "name": SEAL.close(member.name),
        "phone": SEAL.close(member.phone),
        "id_number": SEAL.close(member.id_number),
        "role": member.role.value,
        "language": member.language,
    }
    await connection.execute(text(MEMBER_V1), values)


def upgrade_to_v1(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


@pytest.fixture
async def engine(url: str) -> AsyncGenerator[AsyncEngine]:
    """A database of release 0001 with a unit of two people in it, all of it published."""
    engine = create_engine(url)
    async with writing(engine).begin() as connection:
        await connection.run_sync(upgrade_to_v1)
        for statement in UNIT_V1:
            await connection.execute(text(statement), {"path": STATION_PATH} if ":path" in statement else {})
        await write_v1(connection, LEADER)
        await write_v1(connection, WITHOUT_PHONE)
    yield engine
    await engine.dispose()


async def states(engine: AsyncEngine, *codes: str) -> dict[str, object]:
    async with engine.connect() as connection:
        return dict(await states_of(connection, "member", codes, SEAL))


async def test_who_was_registered_before_channels_could_be_chosen_keeps_the_state_they_had(engine: AsyncEngine) -> None:
    await migrate(engine)
    assert await SqlRegistry(engine, SEAL).members_of("u-1") == [LEADER, WITHOUT_PHONE]
    async with engine.connect() as connection:
        urls = await connection.scalars(text("SELECT webhook_url_sealed FROM registry_members"))
        assert list(urls) == [b"", b""], "bytes, as in rows that are written now"
    found = await states(engine, "m-1", "m-9")
    assert {code: kinds_of(state) for code, state in found.items()} == {
        "m-1": [ChannelKind.INBOX, ChannelKind.SMS],
        "m-9": [ChannelKind.INBOX],
    }


async def test_the_migration_alone_publishes_nobody_again(engine: AsyncEngine) -> None:
    await migrate(engine)
    assert await SqlRegistryOutbox(engine, SEAL).take("one", datetime(2026, 3, 1, tzinfo=UTC), 10) is None


async def test_a_process_of_the_release_before_still_writes_beside_the_new_one(engine: AsyncEngine) -> None:
    await migrate(engine)
    async with writing(engine).begin() as connection:
        await write_v1(connection, MEMBER)
    assert await states(engine, "m-2") == {"m-2": member_state(MEMBER, STATION_PATH)}


def kinds_of(state: object) -> list[ChannelKind]:
    assert isinstance(state, Member)
    return [channel.kind for channel in state.channels]
