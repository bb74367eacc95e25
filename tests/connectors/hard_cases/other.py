"""The services with sessions, keys and passwords."""

from __future__ import annotations

from tests.connectors.hard_cases.case import (
    AS_BEARER,
    SIGN_IN,
    Case,
)
from tests.connectors.hard_cases.standins import Route, basic
from tests.standin import Reply

SESSION = {"B1SESSION": "s-1", "ROUTEID": ".node3"}

OTHER_CASES = (
    Case(
        "docuware",
        "three chained requests before there is a token",
        {
            "GET dw.example/DocuWare/Platform/Home/IdentityServiceInfo": Route(
                {"IdentityServiceUrl": "https://id.dw.example/t1"}
            ),
            "GET id.dw.example/t1/.well-known/openid-configuration": Route(
                {"token_endpoint": "https://id.dw.example/t1/connect/token"}
            ),
            "POST id.dw.example/t1/connect/token": Route(
                {"access_token": "at-1", "token_type": "Bearer", "expires_in": 3600},
                form={"grant_type": "password", **SIGN_IN},
            ),
            "GET dw.example/DocuWare/Platform/Organizations": Route(
                {"Organization": [{"Name": "Garden"}]}, headers=AS_BEARER
            ),
        },
        "Garden",
        values={"host": "dw.example", **SIGN_IN},
        refreshed="at-1",
    ),
    Case(
        "metabase",
        "the session is the body's id, and goes into a header",
        {
            "POST mb.example/api/session": Route({"id": "session-1"}, json=SIGN_IN),
            "GET mb.example/api/user/current": Route(
                {"id": 1, "email": "amelia@practice.example"}, headers={"X-Metabase-Session": "session-1"}
            ),
        },
        "amelia@practice.example",
        values={"host": "mb.example", **SIGN_IN},
        token="session-1",
        refreshed="session-1",
        lives=1209600,
        request="/card",
        sent=("https://mb.example/api/card", {"x-metabase-session": "session-1"}),
        reauthorize=Reply({"errors": {"password": "did not match stored password"}}, 401),
    ),
    Case(
        "formio",
        "the token is a header of the answer",
        {
            "POST garden.form.io/user/login": Route(
                {"_id": "u-1"},
                json={"data": {"email": "amelia", "password": "practice-2026"}},
                sets={"x-jwt-token": "jwt-1"},
            ),
            "GET garden.form.io/current": Route(
                {"data": {"email": "amelia@practice.example"}}, headers={"x-jwt-token": "jwt-1"}
            ),
        },
        "amelia@practice.example",
        values={"project": "garden", **SIGN_IN},
        token="jwt-1",
        refreshed="jwt-1",
        lives=None,
        ended=Reply({"message": "Token expired"}, 440),
    ),
    Case(
        "sap-business-one",
        "the session is in cookies",
        {
            "POST b1.example/b1s/v1/Login": Route(
                {"SessionId": "s-1", "SessionTimeout": 30},
                json={"CompanyDB": "GARDEN", "UserName": "amelia", "Password": "practice-2026"},
                sets={"Set-Cookie": tuple(f"{n}={v}; path=/b1s; HttpOnly" for n, v in SESSION.items())},
            ),
            "POST b1.example/b1s/v1/CompanyService_GetCompanyInfo": Route(
                {"CompanyName": "Garden"}, headers={"Cookie": "B1SESSION=s-1; ROUTEID=.node3"}
            ),
            "POST b1.example/b1s/v1/Logout": Route({}, headers={"Cookie": "B1SESSION=s-1; ROUTEID=.node3"}),
        },
        "Garden (amelia)",
        values={"host": "b1.example", "company": "GARDEN", **SIGN_IN},
        token="B1SESSION=s-1; ROUTEID=.node3",
        refreshed="B1SESSION=s-1; ROUTEID=.node3",
        lives=1800,
        revokes=True,
    ),
    Case(
        "servicenow",
        "an API key, if that is filled in",
        {
            "GET garden.service-now.com/api/now/ui/user/current_user": Route(
                {"result": {"user_display_name": "Amelia"}},
                headers={"x-sn-apikey": "k-1", "Authorization": ""},
            )
        },
        "Amelia",
        values={"instance": "garden", "api_key": "k-1"},
        token="",
        refreshed="",
        lives=None,
    ),
    Case(
        "servicenow",
        "or a user with a password",
        {
            "GET garden.service-now.com/api/now/ui/user/current_user": Route(
                {"result": {"user_display_name": "Amelia"}},
                headers={"x-sn-apikey": "", "Authorization": basic("amelia", "practice-2026")},
            )
        },
        "Amelia",
        values={"instance": "garden", **SIGN_IN},
        token="",
        refreshed="",
        lives=None,
    ),
    Case(
        "telegram",
        "“wait” never marks the account",
        {
            "GET api.telegram.org/bot7%3AAAF/getMe": Route(
                {"ok": True, "result": {"id": 7, "username": "flowers"}}
            ),
        },
        "@flowers",
        values={"token": "7:AAF"},
        token="",
        refreshed="",
        lives=None,
        request="/getUpdates",
        sent=("https://api.telegram.org/bot7%3AAAF/getUpdates", {}),
        ended=Reply({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401),
        waits=(
            Reply({"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 5"}, 429),
            Reply({"ok": False, "error_code": 420, "description": "FLOOD"}, 420),
            Reply({"ok": False, "error_code": 401, "description": "Unauthorized: wait 17 seconds"}, 401),
        ),
    ),
)
