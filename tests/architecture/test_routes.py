"""Guard: every route × every kind of person. A route that is new, gone or changed fails until acknowledged here."""

from functools import wraps

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.routing import Rule

from surveyapp import create_app
from surveyapp.db import transaction
from tests import factories
from tests.web.browsing import HERE, sign_in, token

CENTRE = ("operator", "viewer", "auditor")
OPERATOR = ("operator",)
WATCHERS = ("operator", "auditor")
DESK = ("coordinator",)
SIGNED_IN = ("staff.signed_in",)
PASSWORD = ("password_shown",)
"""Who is signed in, and who gave the password and is about to show or set up a second factor."""
ANYONE = ("anyone",)
RESPONDENT = ()
"""Respondents' pages ask for a link or a code, and say so themselves."""

LIST = "/desk/<campaign>/<unit>/list/<uuid:list_id>/"
KIND = "/desk/<campaign>/<unit>/lists/<kind>/"
INVITATION = "/centre/<campaign>/invitations/<uuid:invitation_id>/"
CALL = "/centre/<campaign>/calls/<uuid:invitation_id>/"
DATA_REQUEST = "/centre/<campaign>/personal-data/<uuid:data_request_id>/"
WAVE = "/centre/<campaign>/messages/wave/<uuid:wave_id>/"
WORDS = (
    "/centre/<campaign>/messages/words/<any(invitation, reminder_not_started, reminder_begun, "
    "last_day, reissue, thanks):kind>/<any(vi, en):language>"
)
INSTEAD = "<any(not_me, moved, wrong_group, decline):kind>"
ROUTES = {
    "GET /": RESPONDENT,
    "POST /": RESPONDENT,
    "GET /bien-nhan": RESPONDENT,
    "GET /bien-nhan/<string(length=2):part>.txt": RESPONDENT,
    "GET /bien-nhan/danh-sach/<campaign>.txt": RESPONDENT,
    "GET /cam-ket": RESPONDENT,
    "GET /cam-ket/<campaign>": RESPONDENT,
    "GET /cam-ket/<campaign>/kiem-tra": RESPONDENT,
    "GET /m/<digits>": RESPONDENT,
    "GET /tro-nang": RESPONDENT,
    "GET /phieu": RESPONDENT,
    "GET /phieu/may-khac": RESPONDENT,
    "GET /phieu/may-moi": RESPONDENT,
    "POST /phieu/may-moi": RESPONDENT,
    "POST /phieu/may-khac": RESPONDENT,
    "GET /phieu/<int:number>/<int:page>": RESPONDENT,
    "POST /phieu/<int:number>/<int:page>": RESPONDENT,
    "POST /phieu/<int:number>/luu": RESPONDENT,
    "GET /phieu/<int:number>/ca-phieu/<mark>": RESPONDENT,
    "GET /phieu/<int:number>/bien-nhan": RESPONDENT,
    "POST /phieu/<int:number>/nop": RESPONDENT,
    "GET /phieu/<int:number>/xem-lai": RESPONDENT,
    "POST /phieu/bat-dau": RESPONDENT,
    "POST /phieu/gia-han": RESPONDENT,
    f"GET /phieu/khai-bao/{INSTEAD}": RESPONDENT,
    f"POST /phieu/khai-bao/{INSTEAD}": RESPONDENT,
    "POST /phieu/rut-lai": RESPONDENT,
    "POST /phieu/ngon-ngu": RESPONDENT,
    "POST /phieu/roi-khoi": RESPONDENT,
    "GET /da-dong": RESPONDENT,
    "GET /khong-thuc-hien": RESPONDENT,
    "GET /da-ghi-nhan/<any(not_me, moved, wrong_group, decline):kind>": RESPONDENT,
    "GET /t/<token>": RESPONDENT,
    "POST /t/<token>/start": RESPONDENT,
    f"GET /t/<token>/{INSTEAD}": RESPONDENT,
    f"POST /t/<token>/{INSTEAD}": RESPONDENT,
    "POST /t/<token>/rut-lai": RESPONDENT,
    "GET /health": ANYONE,
    "GET /health/live": ANYONE,
    "GET /health/ready": ANYONE,
    "GET /metrics": ANYONE,
    "GET /styleguide": ANYONE,
    # Figures for dashboards: each asks for a token itself and answers 401 without one.
    "GET /api/v1/campaigns/<campaign>/curve": ANYONE,
    "GET /api/v1/campaigns/<campaign>/figures": ANYONE,
    "GET /api/v1/campaigns/<campaign>/forecast": ANYONE,
    "GET /api/v1/campaigns/<campaign>/representativeness": ANYONE,
    # Releases for the scoring stage: each asks for a token of its own kind and answers 401 without one.
    "GET /api/v1/campaigns/<campaign>/releases": ANYONE,
    "GET /api/v1/campaigns/<campaign>/releases/dry-run": ANYONE,
    "GET /api/v1/campaigns/<campaign>/releases/feed.json": ANYONE,
    "GET /api/v1/campaigns/<campaign>/releases/<int:number>.zip": ANYONE,
    "GET /api/v1/campaigns/<campaign>/releases/<int:number>/<path:file>": ANYONE,
    # Reports of mail providers and SMS gateways: each asks for the token of the settings itself.
    "GET /api/v1/delivery/sms/<token>": ANYONE,
    "POST /api/v1/delivery/<any(mail, sms):channel>": ANYONE,
    "POST /api/v1/delivery/sms/<token>": ANYONE,
    "POST /api/v1/delivery/signed/<channel>": ANYONE,
    "GET /account/sign-in": ANYONE,
    "GET /account/sign-in/provider": ANYONE,
    "GET /account/sign-in/provider/back": ANYONE,
    "POST /account/sign-in": ANYONE,
    "POST /account/sign-in/passkey": ANYONE,
    "POST /account/sign-in/passkey/options": ANYONE,
    # The link is the right to be there; it answers 410 when it is dead.
    "GET /account/activate/<token>": ANYONE,
    "POST /account/activate/<token>": ANYONE,
    "GET /account/forgotten": ANYONE,
    "POST /account/forgotten": ANYONE,
    "GET /account/second-factor": PASSWORD,
    "POST /account/second-factor": PASSWORD,
    "POST /account/second-factor/options": PASSWORD,
    "GET /account/second-factor/set-up": PASSWORD,
    "POST /account/second-factor/set-up/app": PASSWORD,
    "POST /account/second-factor/set-up/passkey": PASSWORD,
    "POST /account/second-factor/set-up/passkey/options": PASSWORD,
    "GET /account/second-factor/again": SIGNED_IN,
    "POST /account/second-factor/again": SIGNED_IN,
    "POST /account/second-factor/codes": SIGNED_IN,
    "POST /account/second-factor/remove": SIGNED_IN,
    "GET /account/": SIGNED_IN,
    "GET /account/start": SIGNED_IN,
    "POST /account/email": SIGNED_IN,
    "POST /account/language": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "POST /account/sessions/end": SIGNED_IN,
    "POST /account/sign-out": SIGNED_IN,
    "GET /desk/": SIGNED_IN,
    "GET /centre/": SIGNED_IN,
    "GET /desk/<campaign>/<unit>/": DESK,
    "POST /desk/<campaign>/<unit>/address": DESK,
    "GET /desk/<campaign>/<unit>/people": DESK,
    "POST /desk/<campaign>/<unit>/people": DESK,
    f"GET {KIND}": DESK,
    f"POST {KIND}": DESK,
    f"POST {KIND}headcount": DESK,
    f"POST {KIND}nobody": DESK,
    f"GET {KIND}received/<uuid:received_id>": DESK,
    f"POST {KIND}received/<uuid:received_id>": DESK,
    f"POST {KIND}received/<uuid:received_id>/again": DESK,
    f"GET {KIND}template.xlsx": DESK,
    f"GET {LIST}": DESK,
    f"POST {LIST}accept": DESK,
    f"GET {LIST}minute.pdf": DESK,
    f"GET {LIST}file": DESK,
    f"GET {LIST}findings.xlsx": DESK,
    f"POST {LIST}amend": DESK,
    f"GET {LIST}changes": DESK,
    f"GET {LIST}marked.xlsx": DESK,
    f"GET {LIST}reading": DESK,
    f"POST {LIST}reading": DESK,
    f"GET {LIST}line/<int:line>": DESK,
    f"POST {LIST}line/<int:line>": DESK,
    f"POST {LIST}line/<int:line>/out": DESK,
    f"GET {LIST}line/new": DESK,
    f"POST {LIST}line/new": DESK,
    f"POST {LIST}proposal": DESK,
    f"POST {LIST}withdraw": DESK,
    "GET /centre/<campaign>/questionnaires": CENTRE,
    "GET /centre/<campaign>/questionnaires/draft": OPERATOR,
    "POST /centre/<campaign>/questionnaires/draft": OPERATOR,
    "GET /centre/<campaign>/questionnaires/<code>": CENTRE,
    "GET /centre/<campaign>/questionnaires/<code>.xlsx": CENTRE,
    "POST /centre/<campaign>/questionnaires/<code>": OPERATOR,
    "GET /centre/<campaign>/questionnaires/<group>/<int:page>": CENTRE,
    "POST /centre/<campaign>/questionnaires/<group>/<int:page>": CENTRE,
    "POST /centre/<campaign>/questionnaires/<group>/answers": CENTRE,
    "POST /centre/<campaign>/questionnaires/draft/<int:page>": OPERATOR,
    "POST /centre/<campaign>/questionnaires/draft/answers": OPERATOR,
    "GET /centre/<campaign>/questionnaires/<group>.<any(vi, en):language>.pdf": CENTRE,
    "GET /desk/<campaign>/<unit>/rates": DESK,
    "GET /desk/<campaign>/<unit>/rates/<any(groups, departments):which>.<any(csv, xlsx):format>": DESK,
    "GET /desk/<campaign>/<unit>/chase": DESK,
    "GET /desk/<campaign>/<unit>/chase/letter.<any(pdf, docx):file>": DESK,
    "GET /centre/<campaign>/": CENTRE,
    "GET /centre/<campaign>/charts/<any(days, map, rates, forecast, representativeness):chart>.<any(svg, png):image>": CENTRE,
    "GET /centre/<campaign>/days/table.<any(csv, xlsx):format>": CENTRE,
    "GET /centre/<campaign>/forecast/days.<any(csv, xlsx):format>": CENTRE,
    "GET /centre/<campaign>/representativeness/<any(days, parts, reminders):table>.<any(csv, xlsx):format>": CENTRE,
    "GET /centre/<campaign>/chase": CENTRE,
    "GET /centre/<campaign>/chase/<code>/letter.<any(pdf, docx):file>": CENTRE,
    "GET /centre/<campaign>/calls": CENTRE,
    "POST /centre/<campaign>/calls/open": OPERATOR,
    "POST /centre/<campaign>/calls/end": OPERATOR,
    "GET /centre/<campaign>/calls/people": OPERATOR,
    f"GET {CALL}": OPERATOR,
    f"POST {CALL}claim": OPERATOR,
    f"POST {CALL}release": OPERATOR,
    f"POST {CALL}result": OPERATOR,
    "GET /centre/<campaign>/rates": CENTRE,
    "GET /centre/<campaign>/rates/details": CENTRE,
    "GET /centre/<campaign>/rates/table.<any(csv, xlsx):format>": CENTRE,
    "GET /centre/<campaign>/life": CENTRE,
    "POST /centre/<campaign>/life/key": OPERATOR,
    "POST /centre/<campaign>/life/custodians": OPERATOR,
    "POST /centre/<campaign>/life/open": OPERATOR,
    "POST /centre/<campaign>/life/deadline": OPERATOR,
    "GET /centre/<campaign>/life/draft-minutes.pdf": CENTRE,
    "POST /centre/<campaign>/life/close": OPERATOR,
    "POST /centre/<campaign>/life/box": OPERATOR,
    "GET /centre/<campaign>/cleaning": CENTRE,
    "POST /centre/<campaign>/cleaning": OPERATOR,
    "GET /centre/<campaign>/cleaning/coordination": CENTRE,
    "GET /centre/<campaign>/cleaning/report.<any(html, pdf):file>": CENTRE,
    "GET /centre/<campaign>/cleaning/<any(sensitivity, coordination, days):study>.csv": CENTRE,
    "POST /centre/<campaign>/cleaning/<any(hold, lift):holding>": OPERATOR,
    "GET /centre/<campaign>/releases": CENTRE,
    "GET /centre/<campaign>/results": CENTRE,
    "GET /centre/<campaign>/results/table.<any(csv, xlsx):format>": CENTRE,
    "GET /centre/<campaign>/results/overview": CENTRE,
    "GET /centre/<campaign>/results/overview.<any(csv, xlsx):format>": CENTRE,
    "GET /centre/<campaign>/results/units/<code>": CENTRE,
    "GET /centre/<campaign>/results/units/<code>.pdf": CENTRE,
    "GET /centre/<campaign>/results/full": OPERATOR,
    "POST /centre/<campaign>/results/full": OPERATOR,
    "POST /centre/<campaign>/releases/<int:number>/published": OPERATOR,
    "POST /centre/<campaign>/releases": OPERATOR,
    "GET /centre/<campaign>/remarks": OPERATOR,
    "POST /centre/<campaign>/remarks": OPERATOR,
    "GET /centre/<campaign>/releases/tokens": OPERATOR,
    "POST /centre/<campaign>/releases/tokens": OPERATOR,
    "POST /centre/<campaign>/releases/tokens/<uuid:token_id>/revoke": OPERATOR,
    "POST /centre/<campaign>/releases/<int:number>": OPERATOR,
    "GET /centre/<campaign>/staff": WATCHERS,
    "POST /centre/<campaign>/staff": OPERATOR,
    "GET /centre/<campaign>/staff/coordinators.xlsx": OPERATOR,
    "POST /centre/<campaign>/staff/coordinators": OPERATOR,
    "POST /centre/<campaign>/staff/<uuid:staff_id>/link": OPERATOR,
    "POST /centre/<campaign>/staff/<uuid:staff_id>/closed": OPERATOR,
    "POST /centre/<campaign>/staff/<uuid:staff_id>/factors": OPERATOR,
    "GET /centre/<campaign>/confirmations": WATCHERS,
    "POST /centre/<campaign>/confirmations/<uuid:request_id>/agree": OPERATOR,
    "POST /centre/<campaign>/confirmations/<uuid:request_id>/deny": OPERATOR,
    "POST /centre/<campaign>/confirmations/<uuid:request_id>/take-back": OPERATOR,
    "GET /centre/<campaign>/audit": WATCHERS,
    "GET /centre/<campaign>/installation": WATCHERS,
    "GET /centre/<campaign>/audit/verify": WATCHERS,
    "POST /centre/<campaign>/audit/table.<any(csv, xlsx):format>": WATCHERS,
    "GET /centre/<campaign>/personal-data": WATCHERS,
    "GET /centre/<campaign>/personal-data/new": OPERATOR,
    "POST /centre/<campaign>/personal-data/new": OPERATOR,
    "GET /centre/<campaign>/personal-data/new/<uuid:invitation_id>": OPERATOR,
    "POST /centre/<campaign>/personal-data/new/<uuid:invitation_id>": OPERATOR,
    "GET /centre/<campaign>/personal-data/processing": WATCHERS,
    "GET /centre/<campaign>/personal-data/processing.pdf": WATCHERS,
    f"GET {DATA_REQUEST}": OPERATOR,
    f"POST {DATA_REQUEST}held": OPERATOR,
    f"POST {DATA_REQUEST}statement.pdf": OPERATOR,
    f"POST {DATA_REQUEST}acknowledge": OPERATOR,
    f"POST {DATA_REQUEST}put-off": OPERATOR,
    f"POST {DATA_REQUEST}answer": OPERATOR,
    "GET /centre/<campaign>/lists": CENTRE,
    "GET /centre/<campaign>/lists/integrity": CENTRE,
    "GET /centre/<campaign>/lists/late": CENTRE,
    "POST /centre/<campaign>/lists/remind": OPERATOR,
    "POST /centre/<campaign>/lists/deadline": OPERATOR,
    "GET /centre/<campaign>/list/<uuid:list_id>/changes": CENTRE,
    "POST /centre/<campaign>/list/<uuid:list_id>/hold": OPERATOR,
    "POST /centre/<campaign>/lists/approve": OPERATOR,
    "GET /centre/<campaign>/list/<uuid:list_id>/": CENTRE,
    "POST /centre/<campaign>/list/<uuid:list_id>/approve": OPERATOR,
    "POST /centre/<campaign>/list/<uuid:list_id>/return": OPERATOR,
    "GET /centre/<campaign>/forecast": CENTRE,
    "GET /centre/<campaign>/forecast/table.<any(csv, xlsx):format>": CENTRE,
    "GET /centre/<campaign>/representativeness": CENTRE,
    "GET /centre/<campaign>/report": CENTRE,
    "GET /centre/<campaign>/report/daily.<any(pdf, xlsx):file>": CENTRE,
    "POST /centre/<campaign>/report/subscribers": OPERATOR,
    "POST /centre/<campaign>/report/subscribers/<uuid:subscriber_id>/remove": OPERATOR,
    "POST /centre/<campaign>/report/tokens": OPERATOR,
    "POST /centre/<campaign>/report/tokens/<uuid:token_id>/revoke": OPERATOR,
    "GET /centre/<campaign>/declarations": CENTRE,
    "POST /centre/<campaign>/declarations": OPERATOR,
    "POST /centre/<campaign>/declarations/settle-unit": OPERATOR,
    "POST /centre/<campaign>/declarations/<uuid:declaration_id>/settle": OPERATOR,
    "POST /centre/<campaign>/calls/people": OPERATOR,
    "POST /centre/<campaign>/calls/people/result": OPERATOR,
    "GET /centre/<campaign>/invitations": CENTRE,
    f"GET {INVITATION}": OPERATOR,
    f"POST {INVITATION}": OPERATOR,
    f"POST {INVITATION}reissue": OPERATOR,
    f"POST {INVITATION}revoke": OPERATOR,
    "POST /centre/<campaign>/invitations/issue": OPERATOR,
    "GET /centre/<campaign>/invitations/mailing": OPERATOR,
    "POST /centre/<campaign>/invitations/mailing": OPERATOR,
    "GET /centre/<campaign>/invitations/reissue": OPERATOR,
    "POST /centre/<campaign>/invitations/reissue": OPERATOR,
    "POST /centre/<campaign>/invitations/reissue/count": OPERATOR,
    "POST /centre/<campaign>/invitations/search": OPERATOR,
    "POST /centre/<campaign>/invitations/sent": OPERATOR,
    "GET /desk/<campaign>/<unit>/contacts": DESK,
    "GET /centre/<campaign>/messages": CENTRE,
    "GET /centre/<campaign>/messages/calendar": CENTRE,
    "POST /centre/<campaign>/messages/calendar": OPERATOR,
    "GET /centre/<campaign>/messages/channels": CENTRE,
    "POST /centre/<campaign>/messages/canary": OPERATOR,
    "POST /centre/<campaign>/messages/canary/<uuid:canary_id>/arrived": OPERATOR,
    "POST /centre/<campaign>/messages/hold": OPERATOR,
    "POST /centre/<campaign>/messages/release": OPERATOR,
    "POST /centre/<campaign>/messages/letters/<uuid:batch_id>/file": OPERATOR,
    "POST /centre/<campaign>/messages/letters/<uuid:batch_id>/posted": OPERATOR,
    "GET /centre/<campaign>/messages/new": OPERATOR,
    "POST /centre/<campaign>/messages/new": OPERATOR,
    f"GET {WAVE}": CENTRE,
    f"POST {WAVE}confirm": OPERATOR,
    f"POST {WAVE}letters": OPERATOR,
    f"POST {WAVE}letters/all": OPERATOR,
    f"POST {WAVE}letters/file": OPERATOR,
    f"POST {WAVE}letters/posted": OPERATOR,
    f"POST {WAVE}recount": OPERATOR,
    f"POST {WAVE}spread": OPERATOR,
    f"GET {WAVE}counts.<any(csv, xlsx):format>": CENTRE,
    f"POST {WAVE}<any(pause, resume):step>": OPERATOR,
    f"POST {WAVE}stop": OPERATOR,
    "GET /centre/<campaign>/units/<code>/": CENTRE,
    "POST /centre/<campaign>/units/<code>/notes": OPERATOR,
    f"POST {WAVE}retry": OPERATOR,
    f"POST {WAVE}delete": OPERATOR,
    f"POST {WAVE}move": OPERATOR,
    "GET /centre/<campaign>/messages/words": CENTRE,
    f"GET {WORDS}": CENTRE,
    f"POST {WORDS}": OPERATOR,
    f"POST {WORDS}/preview": OPERATOR,
    f"POST {WORDS}/restore": OPERATOR,
    f"POST {WORDS}/test": OPERATOR,
}

PEOPLE = {
    "operator": ("operator", ""),
    "viewer": ("viewer", ""),
    "auditor": ("auditor", ""),
    "coordinator": ("coordinator", "01"),
    "coordinator of another unit": ("coordinator", "46"),
}
PARTS = {
    "channel": "mail",
    "campaign": "tiny",
    "unit": "01",
    "code": "01",
    "list_id": "00000000-0000-4000-8000-000000000000",
    "received_id": "00000000-0000-4000-8000-000000000000",
    "person_id": "00000000-0000-4000-8000-000000000000",
    "declaration_id": "00000000-0000-4000-8000-000000000000",
    "invitation_id": "00000000-0000-4000-8000-000000000000",
    "subscriber_id": "00000000-0000-4000-8000-000000000000",
    "token_id": "00000000-0000-4000-8000-000000000000",
    "wave_id": "00000000-0000-4000-8000-000000000000",
    "batch_id": "00000000-0000-4000-8000-000000000000",
    "canary_id": "00000000-0000-4000-8000-000000000000",
    "data_request_id": "00000000-0000-4000-8000-000000000000",
    "request_id": "00000000-0000-4000-8000-000000000000",
    "staff_id": "00000000-0000-4000-8000-000000000000",
    "step": "pause",
    "study": "days",
    "holding": "hold",
    "kind": "council",
    "format": "csv",
    "chart": "days",
    "image": "svg",
    "table": "days",
    "file": "pdf",
    "which": "groups",
    "line": 1,
    "number": 1,
    "page": 1,
    "group": "M1",
    "language": "vi",
    "digits": "0000000000",
    "token": "x~y",
}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, or the engine that the test names."""
    given: Engine = request.getfixturevalue(getattr(request, "param", "sqlite_engine"))
    return given


@pytest.fixture
def app(settings, keys, engine) -> Flask:
    """The whole application, demo pages included."""
    from dataclasses import replace

    return create_app(replace(settings, demo=True), keys=keys, engine=engine)


def rules(app: Flask) -> dict[str, Rule]:
    """Every route but static files, as `METHOD /address`."""
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }


def admitted(app: Flask, rule: Rule) -> tuple[str, ...]:
    return getattr(app.view_functions[rule.endpoint], "admits", ())


def test_every_route_is_acknowledged_with_whom_it_admits(app):
    admitted_by_route = {route: admitted(app, rule) for route, rule in rules(app).items()}
    assert admitted_by_route == ROUTES


def test_only_respondents_pages_admit_nobody_in_particular(app):
    unmarked = {rule.endpoint for rule in rules(app).values() if not admitted(app, rule)}
    assert {endpoint.partition(".")[0] for endpoint in unmarked} == {"respond"}


@pytest.mark.parametrize("engine", ["sqlite_engine", "postgresql_engine"], indirect=True)
def test_every_route_answers_each_person_as_the_table_says(app, now, moment):
    with transaction() as db:
        factories.campaign(db, now)
        for name, (role, unit) in PEOPLE.items():
            factories.staff(db, now, role, unit=unit, username=name.replace(" ", "-"))
    clients = {name: app.test_client() for name in PEOPLE}
    tokens = {}
    for name, client in clients.items():
        sign_in(client, name.replace(" ", "-"))
        tokens[name] = token(client.get("/account/"))
    _only_say_that_they_were_reached(app)
    wrong = []
    for route, address in _addresses(app).items():
        for name, client in clients.items():
            answer = _ask(client, route, address, tokens[name])
            if answer != expected(route, name):
                wrong.append((route, name, answer, expected(route, name)))
        stranger = _ask(app.test_client(), route, address, "")
        # A post of a stranger has no token; whether it is that or the sign-in that refuses it is all one.
        if stranger not in ({200, 400} if ROUTES[route] == ANYONE else {303}):
            wrong.append((route, "stranger", stranger, ROUTES[route]))
    assert wrong == []


def expected(route: str, name: str) -> int:
    """200 reached, 403 not for this role, 404 as if it did not exist."""
    roles = ROUTES[route]
    if roles in (ANYONE, SIGNED_IN, PASSWORD):
        return 200
    if "<unit>" in route and name == "coordinator of another unit":
        return 404
    return 200 if PEOPLE[name][0] in roles else 403


def _only_say_that_they_were_reached(app: Flask) -> None:
    def stub(view):
        @wraps(view)
        def reached(**_parts):
            return "reached"

        return reached

    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = stub(view)


def _addresses(app: Flask) -> dict[str, str]:
    """An address of every route of the staff, made once: each is asked by everybody."""
    made = {}
    with app.test_request_context():
        urls = app.url_map.bind("localhost")
        for route, rule in rules(app).items():
            if ROUTES.get(route, RESPONDENT) == RESPONDENT:
                continue
            parts = {name: PARTS[name] for name in rule.arguments}
            if "/messages/words/" in route:
                parts["kind"] = "invitation"
            made[route] = urls.build(rule.endpoint, parts, method=route.split()[0])
    return made


def _ask(client: FlaskClient, route: str, address: str, given: str) -> int:
    headers = {**HERE, "X-CSRFToken": given}
    return client.open(address, method=route.partition(" ")[0], headers=headers).status_code
