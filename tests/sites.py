"""A service whose accounts have several sites, one of which has to be chosen while connecting."""

from __future__ import annotations

from tests.standin import StandIn

SITES = """
key = "sites"
name = "Sites"
type = "apiKey"
base_url = "{url}/{{{{site_id}}}}"
request_profile_info = "{url}/{{{{site_id}}}}/me"
account_name_from_profile_info = "{{{{profile_info.name}}}} at {{{{site_name}}}}"

[auth.api_key]
name = "API key"
type = "password"

[apply]
auth = {{ bearer = "{{{{api_key}}}}" }}

[after_connect]
url = "{url}/sites"
choose = {{ title = "Choose a site", options = "sites", keep = {{ site_id = "id", site_name = "name" }} }}
"""
GARDEN, GREENHOUSE = {"id": "s-1", "name": "Garden"}, {"id": "s-2", "name": "Greenhouse"}


def sites_service() -> StandIn:
    """The service; to be entered."""
    me = {"name": "Amelia"}
    return StandIn({"GET /sites": {"sites": [GARDEN, GREENHOUSE]}, "GET /s-1/me": me, "GET /s-2/me": me})
