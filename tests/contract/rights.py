"""Who may do what: every operation of the four services against every role.

    -         forbidden: 403, whatever is asked for
    public    allowed without any token
    yes       allowed, whoever of this role asks
    subtree   what lies in the caller's part of the organisation; the rest answers as if it were not there
              (of names also those of the operators and officers above it)
    unit      what is the caller's own unit's; the rest as if it were not there
    ordered   incidents that the caller's unit was ordered to; the rest as if they were not there
    reported  incidents that the caller reported; the rest as if they were not there
    own       what is addressed to the caller; the rest as if it were not there
    told      whoever was told the id: it is nowhere listed, and can not be guessed

`tests/component/test_rights.py` asks every one of them on the real apps, and fails when an operation has no row here.
"""

from shared.vocabulary.terms import Role

CELLS = frozenset({"-", "public", "yes", "subtree", "unit", "ordered", "reported", "own", "told"})

ROLES = (
    Role.OPERATOR,
    Role.OFFICER,
    Role.LEADER,
    Role.MEMBER,
    Role.DISPLAY,
    Role.PARTNER,
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
    Role.AUDITOR,
)
"""The table's columns, from left to right."""

_TABLE = """
                                            operator officer leader  member  display partner  system  security auditor
GET    /checkin/v1/stations                 subtree  subtree subtree subtree -       subtree  subtree subtree  -
GET    /checkin/v1/units                    subtree  subtree unit    unit    -       subtree  -       -        -
GET    /checkin/v1/units/{unit_id}          subtree  subtree unit    unit    -       subtree  -       -        -
GET    /checkin/v1/units/{unit_id}/members  subtree  subtree unit    -       -       -        -       -        -
GET    /checkin/v1/units/{unit_id}/members/{member_id}
                                            subtree  subtree unit    -       -       -        -       -        -
GET    /checkin/v1/names                    subtree  subtree -       -       -       -        -       -        -
POST   /checkin/v1/check-ins                -        -       unit    unit    -       -        -       -        -
POST   /checkin/v1/check-outs               -        -       unit    unit    -       -        -       -        -
POST   /checkin/v1/positions                subtree  subtree unit    unit    -       subtree  -       -        -
GET    /checkin/v1/duty-board               subtree  subtree -       -       -       -        -       -        -
GET    /checkin/v1/posts/{post_id}/code     subtree  subtree -       -       subtree -        -       -        -
GET    /checkin/v1/posts/{post_id}/printed-code
                                            subtree  subtree -       -       -       -        -       -        -
GET    /checkin/v1/posts/{post_id}/qr.svg   subtree  subtree -       -       subtree -        -       -        -
POST   /checkin/v1/hazards                  subtree  subtree unit    unit    -       -        -       -        -
GET    /checkin/v1/hazards                  subtree  subtree unit    unit    -       -        -       -        -
GET    /checkin/v1/hazards/{hazard_id}      subtree  subtree unit    unit    -       -        -       -        -
GET    /checkin/v1/hazards/{hazard_id}/photo
                                            subtree  subtree unit    unit    -       -        -       -        -
POST   /checkin/v1/hazards/{hazard_id}/rectify
                                            subtree  subtree unit    unit    -       -        -       -        -
POST   /checkin/v1/hazards/{hazard_id}/verify
                                            subtree  subtree -       -       -       -        -       -        -
POST   /checkin/v1/imports/{kind}           subtree  subtree -       -       -       -        -       -        -
DELETE /checkin/v1/registry/{kind}/{code}   subtree  subtree -       -       -       -        -       -        -
GET    /checkin/v1/commands/{aggregate_id}/{command}
                                            told     told    told    told    -       told     -       -        -

POST   /checkin/v1/sessions                 public   public  public  public  public  public   public  public   public
POST   /checkin/v1/sessions/refresh         public   public  public  public  public  public   public  public   public
DELETE /checkin/v1/sessions/current         public   public  public  public  public  public   public  public   public
GET    /checkin/v1/login-options            public   public  public  public  public  public   public  public   public
GET    /checkin/v1/sessions/oidc            public   public  public  public  public  public   public  public   public
GET    /checkin/v1/sessions/oidc/callback   public   public  public  public  public  public   public  public   public
POST   /checkin/v1/first-administrators     public   public  public  public  public  public   public  public   public
GET    /checkin/v1/me                       yes      yes     yes     yes     yes     yes      yes     yes      yes
GET    /checkin/v1/accounts                 -        -       -       -       -       -        subtree subtree  -
POST   /checkin/v1/accounts                 -        -       -       -       -       -        yes     -        -
POST   /checkin/v1/accounts/{account_id}/password
                                            -        -       -       -       -       -        subtree -        -
PUT    /checkin/v1/accounts/{account_id}/right
                                            -        -       -       -       -       -        -       subtree  -
DELETE /checkin/v1/accounts/{account_id}/right
                                            -        -       -       -       -       -        -       subtree  -
DELETE /checkin/v1/accounts/{account_id}/second-factor
                                            -        -       -       -       -       -        -       subtree  -

POST   /dispatch/v1/incidents               yes      yes     yes     yes     -       yes      -       -        -
GET    /dispatch/v1/incidents               subtree  subtree ordered ordered -       -        -       -        -
GET    /dispatch/v1/incidents/{incident_id} subtree  subtree ordered ordered -       reported -       -        -
GET    /dispatch/v1/incidents/{incident_id}/events
                                            subtree  subtree ordered ordered -       reported -       -        -
POST   /dispatch/v1/incidents/{incident_id}/sightings
                                            told     told    told    told    -       -        -       -        -
POST   /dispatch/v1/incidents/{incident_id}/orders/{order_id}/acknowledge
                                            subtree  subtree ordered ordered -       -        -       -        -
POST   /dispatch/v1/incidents/{incident_id}/orders/{order_id}/decline
                                            subtree  subtree ordered ordered -       -        -       -        -
POST   /dispatch/v1/incidents/{incident_id}/orders/{order_id}/arrive
                                            subtree  subtree ordered ordered -       -        -       -        -
POST   /dispatch/v1/incidents/{incident_id}/handover
                                            subtree  subtree ordered ordered -       -        -       -        -
POST   /dispatch/v1/incidents/{incident_id}/escalate
                                            subtree  subtree ordered ordered -       -        -       -        -
POST   /dispatch/v1/incidents/{incident_id}/clear
                                            subtree  subtree -       -       -       -        -       -        -
POST   /dispatch/v1/incidents/{incident_id}/cancel
                                            subtree  subtree -       -       -       -        -       -        -
POST   /dispatch/v1/incidents/{incident_id}/orders
                                            subtree  subtree -       -       -       -        -       -        -
POST   /dispatch/v1/incidents/{incident_id}/orders/{order_id}/withdraw
                                            subtree  subtree -       -       -       -        -       -        -
POST   /dispatch/v1/proposals               yes      yes     -       -       -       -        -       -        -
GET    /dispatch/v1/map/units               subtree  subtree -       -       -       -        -       -        -
GET    /dispatch/v1/stream                  subtree  subtree ordered ordered -       -        -       -        -
GET    /dispatch/v1/commands/{aggregate_id}/{command}
                                            told     told    told    told    -       told     -       -        -

GET    /notify/v1/inbox                     own      own     own     own     -       -        -       -        -
POST   /notify/v1/inbox/{delivery_id}/acknowledge
                                            own      own     own     own     -       -        -       -        -
GET    /notify/v1/deliveries                subtree  subtree -       -       -       -        -       -        -
GET    /notify/v1/commands/{aggregate_id}/{command}
                                            told     told    told    told    -       told     -       -        -

GET    /analytics/v1/figures                subtree  subtree -       -       -       -        -       -        -
GET    /analytics/v1/units/{unit_id}/history
                                            subtree  subtree -       -       -       -        -       -        -
GET    /analytics/v1/audit                  -        -       -       -       -       -        -       -        subtree
"""


def _rows() -> dict[str, dict[Role, str]]:
    _, *lines = (line for line in _TABLE.splitlines() if line)
    words = " ".join(lines).split()
    width = 2 + len(ROLES)
    rows = [words[start : start + width] for start in range(0, len(words), width)]
    return {f"{method} {path}": dict(zip(ROLES, cells, strict=True)) for method, path, *cells in rows}


RIGHTS = _rows()
"""`GET /checkin/v1/units` → role → cell."""
