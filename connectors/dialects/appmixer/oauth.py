"""What of a definition belongs to OAuth 2 alone: scopes, PKCE, and when and how a token is renewed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.reading.lint import ONLY_LOCALHOST

_UNITS = {"seconds", "minutes", "hours"}


def is_function(step: Any) -> bool:
    """Whether a step of ours is one of the module's functions."""
    return isinstance(step, Mapping) and "function" in step


def oauth2_keys(definition: Mapping[str, Any], scope: Any, steps: Mapping[str, Any]) -> dict[str, Any]:
    """Our keys. `scope` is what the definition's scope came out as, where that is a function."""
    found: dict[str, Any] = {}
    delimiter = str(definition.get("scopeDelimiter") or ",")
    values = scope if scope is not None else definition.get("scope")
    if isinstance(values, str):
        # A text is sent as it stands, so its own blanks or commas are the delimiter.
        delimiter = " " if " " in values.strip() else "," if "," in values else delimiter
        values = values.split(",") if delimiter == "," else values.split()
    texts = [s.strip() for s in values if isinstance(s, str)] if isinstance(values, list) else []
    if asked := [s for s in dict.fromkeys(texts) if s and "{{" not in s]:
        found["scope"] = asked
    found["scope_delimiter"] = delimiter
    both = is_function(steps["auth_url"]) and is_function(steps["request_access_token"])
    if not both and not definition.get("pkce"):
        found["pkce"] = "none"  # theirs sends none; where both steps are functions, none is added anyway
    lead, unit = definition.get("refreshBeforeExp"), definition.get("refreshBeforeExpUnits")
    if isinstance(lead, int | float) and not isinstance(lead, bool):
        found["refresh_before_exp"] = int(lead)
        found["refresh_before_exp_units"] = unit if unit in _UNITS else "minutes"
    found["token_answer"] = {"any_token_type": True}
    return found


def redirect_for(auth_url: Any) -> dict[str, str]:
    """What the service demands of the address that the browser comes back to."""
    address = auth_url if isinstance(auth_url, str) else ""
    return {"host": "localhost"} if urlsplit(address).hostname in ONLY_LOCALHOST else {}


def renews_without_refresh_token(step: Any) -> bool:
    """Whether a renewal reads no refresh token, so that it can be tried when there is none."""
    is_code = isinstance(step, Mapping) and "$function" in step
    text = str(step["$function"] if is_code else step).replace("refreshAccessToken", "")
    if re.search(r"refresh_?token", text, re.IGNORECASE):
        return False
    return is_code or "accessToken" in text
