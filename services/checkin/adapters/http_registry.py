"""Writing the registry: imports and deletions; and reading of it what only few may see."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response, UploadFile
from pydantic import BaseModel, Field

from services.checkin.adapters.http_registry_ready import registry_is_read
from services.checkin.adapters.spreadsheets import read_table
from services.checkin.application.directory import Directory
from services.checkin.application.import_file import import_file
from services.checkin.application.ports import Conflict, Registry, StillUsed
from services.checkin.application.tables import CellError, UnreadableFile
from services.checkin.domain.personal import masked_id_number, masked_name, masked_phone
from services.checkin.domain.registry import Kind, MemberEntry
from shared.contracts.base import Id
from shared.platform.web.audited import audited
from shared.platform.web.document import CONFLICT
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.vocabulary.terms import Role

FILE_MAX = 32_000_000
ERRORS_SHOWN = 500

Registrar = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER))]
KnowsTheCrew = Annotated[Principal, Depends(principal_with(Role.OPERATOR, Role.OFFICER, Role.LEADER))]


class CellErrorOut(BaseModel):
    """What is wrong where. `column` is empty when it is the row as a whole."""

    row: int
    column: str
    code: str
    detail: str


class ImportOut(BaseModel):
    """What became of a file."""

    kind: Kind
    rows: int
    accepted: int
    errors: list[CellErrorOut] = Field(description=f"At most {ERRORS_SHOWN}.")
    errors_total: int


class MemberOut(BaseModel):
    """A person; name, telephone and identity number are masked."""

    member_id: str
    name: str
    phone: str
    id_number: str
    role: Role
    language: str
    active: bool


class MembersOut(BaseModel):
    """By id."""

    items: list[MemberOut]


class ContactOut(BaseModel):
    """A person, to be called: nothing of it is masked."""

    member_id: str
    name: str
    phone: str
    language: str


def registry_routes(registry: Registry, directory: Directory) -> APIRouter:
    """`/imports/{kind}`, `/registry/{kind}/{code}` and `/units/{id}/members`."""
    router = APIRouter(prefix="/checkin/v1", tags=["registry"])

    @router.post("/imports/{kind}", response_model=ImportOut)
    async def import_(
        kind: Kind,
        file: UploadFile,
        caller: Registrar,
        request: Request,
        all_or_nothing: Annotated[bool, Query(description="false: take the rows that are right")] = True,
    ) -> ImportOut:
        """Insert or replace by code from a CSV or XLSX file, in the caller's subtree only.

        422 `import-rejected` names row, column and code of every error; nothing is then written.
        """
        await audited(request, f"{kind.value}-imported", (file.filename or "")[:100])
        content = await file.read()
        try:
            table = await asyncio.to_thread(read_table, content)
            report = await import_file(
                kind, table, subtree=caller.path, registry=registry, all_or_nothing=all_or_nothing
            )
        except UnreadableFile as error:
            raise _rejected([CellError(error.row, "", error.code, error.detail)]) from error
        except Conflict as error:
            raise Problem(409, "registry-changed", headers={"Retry-After": "1"}) from error
        if report.errors and (all_or_nothing or not report.accepted):
            raise _rejected(report.errors)
        return ImportOut(
            kind=kind,
            rows=report.rows,
            accepted=report.accepted,
            errors=[CellErrorOut(**asdict(error)) for error in report.errors[:ERRORS_SHOWN]],
            errors_total=len(report.errors),
        )

    @router.delete("/registry/{kind}/{code}", status_code=204, responses=CONFLICT)
    async def delete(kind: Kind, code: Id, caller: Registrar, request: Request) -> None:
        """Delete one entry. 409 `still-used` while others refer to it."""
        path = (await registry.paths(kind, {code})).get(code)
        if path is None or not caller.may_see(path):
            raise Problem(404, "not-found")
        await audited(request, f"{kind.value}-deleted", code)
        try:
            await registry.delete(kind, code)
        except StillUsed as error:
            raise Problem(409, "still-used", f"{kind} {code}") from error

    @router.get("/units/{unit_id}/members", dependencies=[Depends(registry_is_read(directory))])
    async def members(unit_id: Id, caller: KnowsTheCrew, request: Request) -> MembersOut:
        """A unit's members, personal data masked."""
        _require_own(directory, unit_id, caller)
        await audited(request, "members-seen", unit_id)
        return MembersOut(items=[_masked(member) for member in await registry.members_of(unit_id)])

    @router.get("/units/{unit_id}/members/{member_id}", dependencies=[Depends(registry_is_read(directory))])
    async def contact(
        unit_id: Id, member_id: Id, caller: KnowsTheCrew, request: Request, response: Response
    ) -> ContactOut:
        """Name and telephone number of one member, in full; who asked is on record."""
        _require_own(directory, unit_id, caller)
        found = [member for member in await registry.members_of(unit_id) if member.code == member_id]
        if not found:
            raise Problem(404, "not-found")
        await audited(request, "contact-seen", member_id)
        response.headers["Cache-Control"] = "no-store"
        [member] = found
        return ContactOut(member_id=member.code, name=member.name, phone=member.phone, language=member.language)

    del import_, delete, members, contact  # registered
    return router


def _require_own(directory: Directory, unit_id: str, caller: Principal) -> None:
    unit = directory.units.get(unit_id)
    if unit is None or not caller.may_see(unit.path) or (caller.role is Role.LEADER and caller.unit_id != unit_id):
        raise Problem(404, "not-found")


def _rejected(errors: Sequence[CellError]) -> Problem:
    first = errors[0]
    detail = f"{len(errors)} errors; the first: row {first.row}, {first.column}: {first.detail}"
    return Problem(422, "import-rejected", detail, errors=[asdict(error) for error in errors[:ERRORS_SHOWN]])


def _masked(member: MemberEntry) -> MemberOut:
    return MemberOut(
        member_id=member.code,
        name=masked_name(member.name),
        phone=masked_phone(member.phone),
        id_number=masked_id_number(member.id_number),
        role=member.role,
        language=member.language,
        active=member.active,
    )
