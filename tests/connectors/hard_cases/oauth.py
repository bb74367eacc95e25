"""The services with OAuth 2."""

from __future__ import annotations

from tests.connectors.hard_cases.case import (
    AS_BEARER,
    CLIENT,
    IN_AN_HOUR,
    NEWER,
    TOKEN,
    WITH_CODE,
    WITH_TOKEN,
    Case,
    basic_token,
    form_token,
    json_token,
)
from tests.connectors.hard_cases.standins import Route
from tests.connectors.support import REDIRECT_URI
from tests.standin import Reply

COMPANY = {"CompanyInfo": {"CompanyName": "Amelia's Flowers"}}
SITES = [
    {"id": "c-1", "name": "Garden", "url": "https://garden.example"},
    {"id": "c-2", "name": "Greenhouse", "url": "https://greenhouse.example"},
]
TENANTS = [
    {"tenantId": "t-1", "tenantName": "Flowers Ltd"},
    {"tenantId": "t-2", "tenantName": "Flowers Holding"},
]
SLACK_TOKEN = {
    "ok": True,
    "access_token": "at-1",
    "token_type": "bot",
    "refresh_token": "rt-1",
    "expires_in": 43200,
    "authed_user": {"id": "U1", "access_token": "user-at-1", "scope": "users:read"},
}
SHOPLINE = {"accessToken": "at-1", "refreshToken": "rt-1", "expireTime": IN_AN_HOUR.isoformat()}
IN_QUERY = {"redirect_uri": REDIRECT_URI, **CLIENT}
GRAPH = "graph.facebook.com/v19.0"

OAUTH_CASES = (
    Case(
        "quickbooks",
        "the account's id arrives only as a parameter of the callback",
        {
            "POST oauth.platform.intuit.com/oauth2/v1/tokens/bearer": basic_token(),
            "GET quickbooks.api.intuit.com/v3/company/9130/companyinfo/9130": Route(
                COMPANY, headers=AS_BEARER
            ),
        },
        "Amelia's Flowers",
        callback={"code": "code-1", "realmId": "9130"},
        kept={"realmId": "9130"},
        request="/query?query=select",
        sent=("https://quickbooks.api.intuit.com/v3/company/9130/query?query=select", {}),
    ),
    Case(
        "zoho",
        "the token's host is chosen by the callback, and the refresh remembers it",
        {
            "POST accounts.zoho.eu/oauth/v2/token": form_token(
                {**TOKEN, "api_domain": "https://www.zohoapis.eu"},
                {"access_token": "at-2", "token_type": "Bearer", "expires_in": 3600},
            ),
            "GET accounts.zoho.eu/oauth/user/info": Route(
                {"Email": "amelia@practice.example", "ZUID": 7}, headers=AS_BEARER
            ),
        },
        "amelia@practice.example",
        callback={"code": "code-1", "location": "eu", "accounts-server": "https://accounts.zoho.eu"},
        asked={"access_type": "offline", "scope": "ZohoCRM.modules.ALL,ZohoCRM.users.READ"},
        request="/Leads",
        sent=("https://www.zohoapis.eu/crm/v6/Leads", {}),
    ),
    Case(
        "slack",
        "two tokens in one answer, user_scope beside scope, ok = false inside a 200",
        {
            "POST slack.com/api/oauth.v2.access": form_token(
                SLACK_TOKEN, {**SLACK_TOKEN, "access_token": "at-2", "authed_user": {}}
            ),
            "GET slack.com/api/auth.test": Route(
                {"ok": True, "user": "bouquet", "team": "Flowers"}, headers=AS_BEARER
            ),
        },
        "bouquet (Flowers)",
        asked={"scope": "channels:read,chat:write", "user_scope": "users:read,search:read"},
        lives=43200,
        kept={"user_token": "user-at-1", "user_scope": "users:read"},
        ended=Reply({"ok": False, "error": "token_revoked"}),
        waits=(Reply({"ok": False, "error": "fatal_error"}, 500), Reply({"ok": False}, 429)),
    ),
    Case(
        "jira",
        "after connecting, one of the sites is picked",
        {
            "POST auth.atlassian.com/oauth/token": json_token(TOKEN, NEWER),
            "GET api.atlassian.com/oauth/token/accessible-resources": Route(SITES, headers=AS_BEARER),
            "GET api.atlassian.com/ex/jira/c-2/rest/api/3/myself": Route(
                {"displayName": "Amelia", "accountId": "a-1"}, headers=AS_BEARER
            ),
        },
        "Amelia (Greenhouse)",
        asked={"audience": "api.atlassian.com", "prompt": "consent"},
        choose="c-2",
        offered=("Garden", "Greenhouse"),
        kept={"cloud_id": "c-2", "site_url": "https://greenhouse.example"},
        request="/rest/api/3/project",
        sent=("https://api.atlassian.com/ex/jira/c-2/rest/api/3/project", {"authorization": "Bearer at-1"}),
    ),
    Case(
        "xero",
        "two chained calls, the second needs a header from the first",
        {
            "POST identity.xero.com/connect/token": basic_token(),
            "GET api.xero.com/connections": Route(TENANTS, headers={**AS_BEARER, "Xero-Tenant-Id": ""}),
            "GET api.xero.com/api.xro/2.0/Users": Route(
                {"Users": [{"EmailAddress": "amelia@practice.example"}]},
                headers={**AS_BEARER, "Xero-Tenant-Id": "t-1"},
            ),
            "GET api.xero.com/api.xro/2.0/Organisation": Route(
                {"Organisations": [{"Name": "Flowers Ltd"}]}, headers={**AS_BEARER, "Xero-Tenant-Id": "t-1"}
            ),
        },
        "Flowers Ltd",
        choose="t-1",
        offered=("Flowers Ltd", "Flowers Holding"),
        kept={"tenant_id": "t-1", "xero_user": "amelia@practice.example"},
        request="/Invoices",
        sent=("https://api.xero.com/api.xro/2.0/Invoices", {"xero-tenant-id": "t-1"}),
    ),
    Case(
        "salesforce",
        "the profile's address is the token answer's id; the expiry is a constant",
        {
            "POST login.salesforce.com/services/oauth2/token": form_token(
                {
                    "access_token": "at-1",
                    "refresh_token": "rt-1",
                    "token_type": "Bearer",
                    "id": "https://login.salesforce.com/id/00D/005",
                    "instance_url": "https://garden.my.salesforce.com",
                },
                {"access_token": "at-2", "token_type": "Bearer"},
            ),
            "GET login.salesforce.com/id/00D/005": Route(
                {"username": "amelia@practice.example", "user_id": "005"}, headers=AS_BEARER
            ),
        },
        "amelia@practice.example",
        lives=7200,
        request="/sobjects",
        sent=("https://garden.my.salesforce.com/services/data/v60.0/sobjects", {}),
    ),
    Case(
        "asana",
        "token parameters in the query; the profile comes with the token",
        {
            "POST app.asana.com/-/oauth_token": (
                Route(
                    {**TOKEN, "data": {"name": "Amelia", "email": "amelia@practice.example"}},
                    query={"grant_type": "authorization_code", "code": "code-1", **IN_QUERY},
                ),
                Route(NEWER, query={**WITH_TOKEN, **CLIENT}),
            ),
            "GET app.asana.com/api/1.0/users/me": Route({"data": {}}, headers=AS_BEARER),
        },
        "Amelia",
    ),
    Case(
        "shopify",
        "the shop is a part of the addresses",
        {
            "POST garden.myshopify.com/admin/oauth/access_token": Route(
                {"access_token": "at-1", "scope": "read_products,read_orders"},
                json=CLIENT | {"code": "code-1"},
            ),
            "GET garden.myshopify.com/admin/api/2024-10/shop.json": Route(
                {"shop": {"id": 1, "name": "Garden"}}, headers={"X-Shopify-Access-Token": "at-1"}
            ),
        },
        "Garden",
        values={"shop": "https://garden.myshopify.com"},
        asked_at="https://garden.myshopify.com/admin/oauth/authorize?",
        refreshed="",
        lives=None,
        request="/products.json",
        sent=(
            "https://garden.myshopify.com/admin/api/2024-10/products.json",
            {"x-shopify-access-token": "at-1"},
        ),
    ),
    Case(
        "zendesk",
        "the subdomain is a part of the addresses",
        {
            "POST garden.zendesk.com/oauth/tokens": json_token(TOKEN, NEWER),
            "GET garden.zendesk.com/api/v2/users/me.json": Route(
                {"user": {"id": 3, "email": "amelia@practice.example"}}, headers=AS_BEARER
            ),
        },
        "amelia@practice.example",
        values={"subdomain": "garden"},
        asked_at="https://garden.zendesk.com/oauth/authorizations/new?",
    ),
    Case(
        "dynamics",
        "the organisation's host is a part of the authorize address",
        {
            "POST login.microsoftonline.com/common/oauth2/v2.0/token": form_token(),
            "GET garden.crm.dynamics.com/api/data/v9.2/WhoAmI": Route({"UserId": "u-1"}, headers=AS_BEARER),
        },
        "garden",
        values={"organization": "garden"},
        asked={"scope": "https://garden.crm.dynamics.com/user_impersonation offline_access"},
        request="/accounts",
        sent=("https://garden.crm.dynamics.com/api/data/v9.2/accounts", {}),
    ),
    Case(
        "tiktok",
        "client_key; a good answer that has an error member",
        {
            "POST open.tiktokapis.com/v2/oauth/token/": (
                Route(TOKEN, form={**WITH_CODE, "client_key": "app-1", "client_id": ""}),
                Route(NEWER, form={**WITH_TOKEN, "client_key": "app-1", "client_id": ""}),
            ),
            "GET open.tiktokapis.com/v2/user/info/": Route(
                {"data": {"user": {"open_id": "o-1", "display_name": "Amelia"}}, "error": {"code": "ok"}},
                query={"fields": "open_id,display_name"},
                headers=AS_BEARER,
            ),
        },
        "Amelia",
        asked={"client_key": "app-1", "scope": "user.info.basic,video.list"},
    ),
    Case(
        "shopline",
        "every parameter is renamed, state too",
        {
            "POST garden.myshopline.com/admin/oauth/token/create": Route(
                {"code": 200, "data": SHOPLINE},
                json={"code": "code-1", "appKey": "app-1", "appSecret": "s3cret-of-the-app"},
            ),
            "POST garden.myshopline.com/admin/oauth/token/refresh": Route(
                {"code": 200, "data": {**SHOPLINE, "accessToken": "at-2"}}, json={"refresh_token": "rt-1"}
            ),
            "GET garden.myshopline.com/admin/openapi/v20240601/merchants/shop.json": Route(
                {"data": {"id": 5, "name": "Garden"}}, headers=AS_BEARER
            ),
        },
        "Garden",
        values={"handle": "garden"},
        state="customField",
        slack=900,
        asked_at="https://garden.myshopline.com/admin/oauth-web/#/oauth/authorize?",
        asked={"appKey": "app-1", "responseType": "code", "redirectUri": REDIRECT_URI},
    ),
    Case(
        "printful",
        "redirect_url, and an end instead of a lifetime",
        {
            "POST www.printful.com/oauth/token": form_token(
                {**TOKEN, "expires_in": None, "expires_at": int(IN_AN_HOUR.timestamp())},
                {**NEWER, "expires_in": None, "expires_at": int(IN_AN_HOUR.timestamp())},
            ),
            "GET api.printful.com/stores": Route(
                {"result": [{"id": 9, "name": "Garden"}]}, headers=AS_BEARER
            ),
        },
        "Garden",
        asked={"redirect_url": REDIRECT_URI},
        slack=900,
    ),
    Case(
        "amazon-sp",
        "the code is called spapi_oauth_code",
        {
            "POST api.amazon.com/auth/o2/token": form_token(),
            "GET sellingpartnerapi-eu.amazon.com/sellers/v1/marketplaceParticipations": Route(
                {"payload": [{"storeName": "Garden"}]}, headers={"x-amz-access-token": ("at-1", "at-2")}
            ),
        },
        "Garden (A1SELLER)",
        values={"region": "eu"},
        settings={**CLIENT, "application_id": "amzn1.sp.solution.1"},
        callback={"spapi_oauth_code": "code-1", "selling_partner_id": "A1SELLER"},
        asked={"application_id": "amzn1.sp.solution.1"},
        request="/orders/v0/orders",
        sent=("https://sellingpartnerapi-eu.amazon.com/orders/v0/orders", {"x-amz-access-token": "at-1"}),
    ),
    Case(
        "facebook",
        "refreshed by exchanging the access token",
        {
            f"POST {GRAPH}/oauth/access_token": Route(
                {"access_token": "at-1", "token_type": "bearer", "expires_in": 3600},
                form={**WITH_CODE, **CLIENT},
            ),
            f"GET {GRAPH}/oauth/access_token": Route(
                {"access_token": "at-2", "token_type": "bearer", "expires_in": 5183944},
                query={"grant_type": "fb_exchange_token", "fb_exchange_token": "at-1", **CLIENT},
            ),
            f"GET {GRAPH}/me": Route({"id": "1", "name": "Amelia Ortega"}, headers=AS_BEARER),
        },
        "Amelia Ortega",
        reauthorize=Reply({"error": {"message": "Session expired", "type": "OAuthException"}}, 400),
    ),
    Case(
        "linkedin",
        "a refresh is told: authorise again",
        {
            "POST www.linkedin.com/oauth/v2/accessToken": form_token(),
            "GET api.linkedin.com/v2/userinfo": Route({"sub": "l-1", "name": "Amelia"}, headers=AS_BEARER),
        },
        "Amelia",
        reauthorize=Reply({"error": "reauthorization_required", "error_description": "Authorize again"}, 400),
    ),
    Case(
        "bank",
        "tokens live for five minutes",
        {
            "POST auth.bank.example/token": basic_token(
                {**TOKEN, "expires_in": 300}, {**NEWER, "expires_in": 300}
            ),
            "GET api.bank.example/open-banking/v4/party": Route(
                {"Data": {"Party": {"Name": "Amelia Ortega"}}}, headers=AS_BEARER
            ),
        },
        "Amelia Ortega",
        lives=300,
    ),
)
