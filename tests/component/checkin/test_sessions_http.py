"""Logging in, staying logged in, and looking after accounts, over HTTP on fakes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pyotp.totp import TOTP

from services.checkin.adapters.post_qr import qr_svg
from services.checkin.domain.accounts import Account, Credentials, Right
from shared.platform.web.tokens import Principal, TokenReader
from shared.vocabulary.terms import Role
from tests.component.checkin.conftest import OFFICER, STATION_PATH, Desk
from tests.fakes.keys import PUBLIC_KEY, bearer

PASSWORD = "correct horse battery"
GUARD = Principal("guard", Role.SECURITY_ADMINISTRATOR, "/440100")
KEEPER = Principal("keeper", Role.SYSTEM_ADMINISTRATOR, "/440100")
MEMBERS_RIGHT = Right(Role.MEMBER, STATION_PATH, unit_id="u-1")
OFFICERS_RIGHT = Right(Role.OFFICER, STATION_PATH, station_id="440106001")


async def have(desk: Desk, right: Right | None, *, login: str = "chen", **credentials: Any) -> None:
    known = replace(Credentials(f"hash of {PASSWORD}", None), **credentials)
    await desk.accounts.add(Account(f"id-{login}", login, "陈明", right), known)


async def log_in(desk: Desk, password: str = PASSWORD, login: str = "chen", **more: str) -> httpx.Response:
    return await desk.http.post("/checkin/v1/sessions", json={"login": login, "password": password, **more})


async def refresh(desk: Desk, token: str | None = None) -> httpx.Response:
    cookies = {} if token is None else {"Cookie": f"meu_session={token}"}
    return await desk.http.post("/checkin/v1/sessions/refresh", headers=cookies)


def told(desk: Desk) -> list[tuple[str, str, str | None]]:
    return [(action.actor_id, action.action, action.refused) for action in desk.audit.actions]


def code_of(desk: Desk, uri: str) -> str:
    secret = parse_qs(urlsplit(uri).query)["secret"][0]
    return TOTP(secret).at(desk.clock.now())


async def test_a_password_gives_a_token_for_the_accounts_own_part_of_the_tree(desk: Desk) -> None:
    await have(desk, MEMBERS_RIGHT)
    answer = await log_in(desk, login="CHEN")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    principal = TokenReader(PUBLIC_KEY, desk.clock).read(answer.json()["access_token"])
    assert (principal.subject, principal.role, principal.path, principal.unit_id) == (
        "id-chen",
        Role.MEMBER,
        STATION_PATH,
        "u-1",
    )
    assert answer.json()["account"]["name"] == "陈明"
    me = await desk.http.get("/checkin/v1/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert me.json() == answer.json()["account"]
    assert told(desk) == [("id-chen", "log-in", None)]


async def test_the_refresh_token_is_out_of_scripts_reach(desk: Desk) -> None:
    await have(desk, MEMBERS_RIGHT)
    cookie = (await log_in(desk)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/checkin/v1/sessions" in cookie


@pytest.mark.parametrize(("login", "password"), [("chen", "wrong"), ("nobody", PASSWORD)])
async def test_whatever_is_wrong_is_said_in_the_same_words(desk: Desk, login: str, password: str) -> None:
    await have(desk, MEMBERS_RIGHT)
    answer = await log_in(desk, password, login)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong-credentials")
    assert told(desk) == [("nobody", "log-in", "wrong-credentials")]
    assert all(password not in action.about for action in desk.audit.actions)


@pytest.mark.parametrize("login", ["chen", "nobody"])
async def test_guessing_is_slowed_down_whether_there_is_an_account_or_not(desk: Desk, login: str) -> None:
    await have(desk, MEMBERS_RIGHT)
    assert [(await log_in(desk, "wrong", login)).status_code for _ in range(6)] == [401] * 5 + [429]
    too_early = await log_in(desk, PASSWORD, login)
    assert (too_early.status_code, too_early.json()["code"]) == (429, "try-later")
    desk.clock.time += timedelta(seconds=int(too_early.headers["retry-after"]))
    assert (await log_in(desk, PASSWORD, login)).status_code == (201 if login == "chen" else 401)


async def test_a_password_that_somebody_gave_has_to_be_replaced(desk: Desk) -> None:
    await have(desk, MEMBERS_RIGHT, one_time_until=desk.clock.now() + timedelta(days=7))
    assert (await log_in(desk)).json() == {"next": "new-password", "otpauth_uri": None, "otpauth_qr": None}
    for weak in ("short1", PASSWORD, "chen-chen-chen"):
        answer = await log_in(desk, new_password=weak)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
            422,
            "password-weak",
            "new_password",
        )
    assert (await log_in(desk, new_password="my own words 7")).status_code == 201
    assert (await log_in(desk)).status_code == 401
    assert (await log_in(desk, "my own words 7")).status_code == 201


async def test_a_given_password_does_not_count_for_ever(desk: Desk) -> None:
    await have(desk, MEMBERS_RIGHT, one_time_until=desk.clock.now())
    assert (await log_in(desk)).status_code == 401


async def test_officers_enrol_an_app_and_need_its_code_from_then_on(desk: Desk) -> None:
    await have(desk, OFFICERS_RIGHT)
    enrolment = (await log_in(desk)).json()
    assert enrolment["next"] == "second-factor-enrolment"
    assert enrolment["otpauth_qr"] == qr_svg(enrolment["otpauth_uri"], "otpauth")
    assert (await log_in(desk)).json() == enrolment  # the same secret until it is confirmed
    code = code_of(desk, enrolment["otpauth_uri"])
    assert (await log_in(desk, code=code)).status_code == 201
    assert (await log_in(desk)).json() == {"next": "second-factor", "otpauth_uri": None, "otpauth_qr": None}
    assert (await log_in(desk, code=code)).status_code == 401  # seen over a shoulder: it counts once
    desk.clock.time += timedelta(seconds=30)
    assert (await log_in(desk, code=code_of(desk, enrolment["otpauth_uri"]))).status_code == 201


async def test_a_code_is_guessed_at_the_same_price_as_a_password(desk: Desk) -> None:
    await have(desk, OFFICERS_RIGHT, code_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", code_confirmed=True)
    for _ in range(3):
        await log_in(desk)  # asks for the code: no guess
    statuses = [(await log_in(desk, code="000000")).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


async def test_without_a_right_a_login_comes_to_nothing(desk: Desk) -> None:
    await have(desk, None)
    answer = await log_in(desk)
    assert (answer.status_code, answer.json()["code"]) == (403, "no-right")


async def test_a_session_is_renewed_and_a_token_that_comes_again_later_ends_it(desk: Desk) -> None:
    await have(desk, MEMBERS_RIGHT)
    first = (await log_in(desk)).cookies["meu_session"]
    desk.http.cookies.clear()
    answer = await refresh(desk, first)
    assert answer.status_code == 200
    second = answer.cookies["meu_session"]
    desk.http.cookies.clear()
    assert second != first
    desk.clock.time += timedelta(seconds=5)
    assert (await refresh(desk, first)).status_code == 200  # another tab
    desk.http.cookies.clear()
    desk.clock.time += timedelta(seconds=6)
    stolen = await refresh(desk, first)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "session-ended")
    assert (await refresh(desk, second)).status_code == 401
    assert told(desk)[-1] == ("id-chen", "renew-session", "token-used-twice")


async def test_a_session_ends_by_log_out_by_time_and_with_the_right(desk: Desk) -> None:
    await have(desk, MEMBERS_RIGHT)
    await log_in(desk)
    assert (await desk.http.delete("/checkin/v1/sessions/current")).status_code == 204
    assert (await refresh(desk)).status_code == 401
    await log_in(desk)
    await desk.accounts.set_right("id-chen", None)
    assert (await refresh(desk)).status_code == 401
    await desk.accounts.set_right("id-chen", MEMBERS_RIGHT)
    await log_in(desk)
    desk.clock.time += timedelta(days=31)
    assert (await refresh(desk)).status_code == 401
    assert (await refresh(desk, "made up")).status_code == 401


async def test_an_answer_with_a_token_is_not_kept_for_a_repeated_request(desk: Desk) -> None:
    await have(desk, MEMBERS_RIGHT)
    body = {"login": "chen", "password": PASSWORD}
    answers = [
        await desk.http.post("/checkin/v1/sessions", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)
    ]
    assert answers[0].cookies["meu_session"] != answers[1].cookies["meu_session"]


async def test_nobody_logs_in_unseen(desk: Desk) -> None:
    await have(desk, MEMBERS_RIGHT)
    desk.audit.away = True
    assert (await log_in(desk)).status_code == 503
    assert "meu_session" not in desk.http.cookies


async def test_it_takes_two_offices_to_let_somebody_in(desk: Desk) -> None:
    newcomer = {"account_id": "m-9", "login": "li", "name": "李华"}
    made = await desk.post(KEEPER, "/accounts", newcomer)
    assert made.status_code == 201
    given = made.json()["one_time_password"]
    assert (await log_in(desk, given, "li", new_password="my own words 7")).json()["code"] == "no-right"
    right = {"role": "member", "path": STATION_PATH, "unit_id": "u-1"}
    url = "/checkin/v1/accounts/m-9/right"
    assert (await desk.http.put(url, json=right, headers=bearer(KEEPER))).status_code == 403
    assert (await desk.post(GUARD, "/accounts", {**newcomer, "account_id": "m-10"})).status_code == 403
    assert (await desk.http.put(url, json=right, headers=bearer(GUARD))).status_code == 204
    assert (await log_in(desk, given, "li", new_password="my own words 7")).status_code == 201
    assert told(desk) == [
        ("keeper", "make-account", None),
        ("m-9", "log-in", "no-right"),
        ("keeper", "put-refused", "forbidden"),
        ("guard", "post-refused", "forbidden"),
        ("guard", "give-right-member", None),
        ("m-9", "log-in", None),
    ]
    assert (await desk.post(KEEPER, "/accounts", newcomer)).json()["code"] == "account-taken"


async def test_a_new_password_from_somebody_else_leaves_the_second_factor(desk: Desk) -> None:
    await have(desk, OFFICERS_RIGHT, code_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", code_confirmed=True)
    given = (await desk.post(KEEPER, "/accounts/id-chen/password", {})).json()["one_time_password"]
    assert (await log_in(desk)).status_code == 401
    assert (await log_in(desk, given, new_password="a whole new word 1")).json()["next"] == "second-factor"
    gone = await desk.http.delete("/checkin/v1/accounts/id-chen/second-factor", headers=bearer(GUARD))
    assert gone.status_code == 204
    answer = await log_in(desk, given, new_password="a whole new word 1")
    assert answer.json()["next"] == "second-factor-enrolment"


async def test_another_part_of_the_tree_has_no_accounts_for_its_neighbour(desk: Desk) -> None:
    await have(desk, OFFICERS_RIGHT)
    elsewhere = replace(GUARD, path="/440100/440105")
    url = "/checkin/v1/accounts/{}/right"
    answers = [
        await desk.http.request(method, url.format(who), headers=bearer(elsewhere), json=body)
        for who in ("id-chen", "nobody")
        for method, body in (("DELETE", None), ("PUT", {"role": "officer", "path": "/440100/440105"}))
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "account-unknown")}
    assert (await desk.get(elsewhere, "/accounts")).json()["items"] == []
    assert [one["login"] for one in (await desk.get(GUARD, "/accounts")).json()["items"]] == ["chen"]
    assert (await desk.get(GUARD, "/accounts?text=li")).json()["items"] == []
    assert (await desk.get(GUARD, "/accounts?without_right=true")).json()["items"] == []
    assert (await desk.get(GUARD, "/accounts?text=%00")).status_code == 422
    assert (await desk.get(OFFICER, "/accounts")).status_code == 403


async def test_the_first_three_administrators_come_by_one_link(desk: Desk) -> None:
    body = {
        "token": "x" * 43,
        "path": "/440100",
        "system_administrator": {"account_id": "sys", "login": "sys", "name": "甲"},
        "security_administrator": {"account_id": "sec", "login": "sec", "name": "乙"},
        "auditor": {"account_id": "aud", "login": "aud", "name": "丙"},
    }
    url = "/checkin/v1/first-administrators"
    assert (await desk.http.post(url, json=body)).json()["code"] == "link-invalid"
    await desk.accounts.offer("x" * 43, desk.clock.now() + timedelta(hours=1))
    one_for_all = {**body, "auditor": body["system_administrator"]}
    assert (await desk.http.post(url, json=one_for_all)).status_code == 409
    made = await desk.http.post(url, json=body)
    assert made.status_code == 201
    assert [one["account"]["role"] for one in made.json()] == [
        "system-administrator",
        "security-administrator",
        "auditor",
    ]
    assert (await log_in(desk, made.json()[0]["one_time_password"], "sys")).json()["next"] == "new-password"
    assert (await desk.http.post(url, json=body)).json()["code"] == "link-invalid"
