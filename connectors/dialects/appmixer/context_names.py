"""What functions read from their context, by their text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.dialects.appmixer.names import NAMES

# What a context has by itself: no field, no setting.
STANDING = {
    *NAMES,
    *(
        "httpRequest",
        "InvalidTokenError",
        "CancelError",
        "log",
        "auth",
        "config",
        "profileInfo",
        "scope",
        "state",
    ),
    *(
        "token",
        "expires",
        "expiresIn",
        "expires_at",
        "idToken",
        "codeVerifier",
        "codeChallenge",
        "nonce",
        "error",
    ),
    *(
        "oauthTokenSecret",
        "properties",
        "messages",
        "replaceVariables",
        "axios",
        "query",
        "access_token",
        "refresh_token",
        "id",
    ),
    *(
        "callback_parameters",
        "then",
        "toString",
        "hasOwnProperty",
        "componentId",
        "flowId",
        "userId",
        "service",
    ),
    *("callAppmixer", "store", "stateGet", "stateSet", "staticCache", "lock", "constructor", "name"),
}
_READ = re.compile(r"\bcontext\.(?:(?:auth|config)\??\.)?\??\.?([A-Za-z_]\w*)\b(?!\s*=[^=>])(?!\s*\()")
_UNPACKED = re.compile(r"\{([^{}]*)\}\s*=\s*context(?:\.(?:auth|config))?\s*[;\n,]")


def names_read(functions: Iterable[str]) -> set[str]:
    """Every name that the functions read from `context`, `context.auth` and `context.config`."""
    found: set[str] = set()
    for text in functions:
        found |= set(_READ.findall(text))
        for group in _UNPACKED.findall(text):
            found |= {
                name
                for part in group.split(",")
                if (name := re.split(r"[:=]", part)[0].strip()).isidentifier()
            }
    return found
