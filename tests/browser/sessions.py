"""Who is logged in, without the way there: a browser's cookie, and what check-in knows of it."""

from datetime import timedelta

from playwright.sync_api import BrowserContext

from services.checkin.application.account_ports import Session
from services.checkin.domain.accounts import Account, Credentials
from tests.component.checkin.conftest import Desk


async def let_in(desk: Desk, *accounts: Account) -> None:
    """Each has a session."""
    now = desk.clock.now()
    for account in accounts:
        await desk.accounts.add(account, Credentials("", None))
        session = Session(account.login, account.account_id, now + timedelta(days=1))
        await desk.sessions.begin(session, account.login, now)


def is_of(context: BrowserContext, account: Account) -> None:
    """The browser's session is theirs, whatever a page has in memory."""
    path = "/checkin/v1/sessions"
    context.add_cookies([{"name": "meu_session", "value": account.login, "domain": "127.0.0.1", "path": path}])
