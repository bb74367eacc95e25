"""What a secret looks like when nobody registered it. Every pattern takes linear time.

Possessive quantifiers (`*+`) and values that end only at a character outside their class: no pattern can
fail after a long run and start over one character later.
"""

from __future__ import annotations

import re
from typing import Any

MASK = "••••"
_PEEK = 64

_HEADERS = r"(?:proxy-)?authorization|(?:set-)?cookie2?|dpop"
_ALWAYS = (
    r"(?:access|refresh|id|subject|actor|session|auth|csrf|xsrf|bearer|registration[_-]?access|security)[_-]?token"
    r"|(?:x[_-])?(?:api|auth|access|private|secret|signing|encryption|master|subscription)[_-]?key(?:[_-]?secret)?"
    r"|(?:client|consumer|app|oauth|shared|webhook)[_-]?secret|oauth[_-]?token(?:[_-]?secret)?|token[_-]?secret"
    r"|client[_-]?assertion|assertion|code[_-]?verifier|authorization[_-]?code|auth[_-]?code|device[_-]?code"
    r"|oauth[_-]?verifier|oauth[_-]?signature|signature|x-amz-signature|sig"
    r"|passwords?|passwd|passphrase|pwd|secret|token|x-[a-z-]{0,40}token|x-[a-z-]{0,40}secret|apikey|private[_-]?key"
    r"|credentials?|session[_-]?id|sid|jwt|saml_?response"
)
# Words that services also use for harmless things ("code": "not_found", "state": "open").
_SOMETIMES = r"code|state|nonce|key"

_NAME = re.compile(rf"(?:{_ALWAYS}|{_HEADERS})", re.IGNORECASE)
_SOMETIMES_NAME = re.compile(_SOMETIMES, re.IGNORECASE)
_PLAIN_WORD = re.compile(r"[a-z_.\- ]*|[A-Z_.\- ]*|[0-9]{0,8}")

# name="value", "name": "value", ('name', 'value'), name=value, name: value, name%3Dvalue.
# The quotes may be escaped, as in JSON that stands inside JSON.
_PARAMETER = re.compile(
    rf"(?:(?<![A-Za-z0-9])|(?<=%3F)|(?<=%26))(?:(?P<header>{_HEADERS})|(?P<always>{_ALWAYS})|(?P<sometimes>{_SOMETIMES}))"
    r"(?P<close>\\{0,8}+[\"'])?\]?\s{0,8}(?P<sep>[:=,]|%3[dD])(?P<space>\s{0,8}+)"
    r"(?:b?(?P<open>\\{0,8}+[\"']))?",
    re.IGNORECASE,
)
_TO_QUOTE = {
    '"': re.compile(r'(?:[^"\\]|\\[^"])*+'),
    "'": re.compile(r"(?:[^'\\]|\\[^'])*+"),
}
_TO_CLOSING = {
    '"': re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL),
    "'": re.compile(r"[^'\\]*+(?:\\.[^'\\]*+)*+", re.DOTALL),
}
_TO_LINE_END = re.compile(r"[^\r\n\"']*+")
_TO_PARAMETER_END = re.compile(r"[^\s&\"'<>#;,)}\]]*+")

_SCHEME = re.compile(
    r"(?<![A-Za-z0-9])(bearer|basic|dpop)[ \t]{1,4}"
    r"(?!(?:tokens?|auth\w{0,20}|credentials?|scheme|headers?|access|error|user_password)\b)(?!\w{1,32}=\")"
    r"[A-Za-z0-9\-._~+/=%]{6,}+",
    re.IGNORECASE,
)
_JWT = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}+\.[A-Za-z0-9_-]*+(?:\.[A-Za-z0-9_-]*+){0,3}+")
_USERINFO = re.compile(r"(?<=://)[^\s/?#\"'<>]*@")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*+")


def redact_patterns(text: str) -> str:
    """The text with everything masked that looks like a secret."""
    text = _PRIVATE_KEY.sub(MASK, text)
    text = _parameters(text)
    text = _SCHEME.sub(rf"\1 {MASK}", text)
    text = _JWT.sub(MASK, text)
    return _USERINFO.sub(f"{MASK}@", text)


def is_secret_name(name: str, value: Any) -> bool:
    """Whether a value that stands under this name must not be shown."""
    if _NAME.fullmatch(name):
        return True
    return bool(_SOMETIMES_NAME.fullmatch(name)) and isinstance(value, str) and not _harmless(value)


def _parameters(text: str) -> str:
    kept: list[str] = []
    done = at = 0
    while found := _PARAMETER.search(text, at):
        at = found.end()
        end = _value_end(text, found)
        if end > at:
            kept += (text[done:at], MASK)
            at = done = end
    return "".join((*kept, text[done:])) if kept else text


def _value_end(text: str, found: re.Match[str]) -> int:
    """Where the value ends, or where it begins if it is to be kept."""
    start, opened = found.end(), found["open"]
    if found["sep"] == "," and not (opened and found["close"]):
        return start
    if opened:
        # Inside a string that was escaped once more, the closing quote is escaped as well.
        ends = (_TO_QUOTE if opened.startswith("\\") else _TO_CLOSING)[opened[-1]]
    else:
        ends = _TO_LINE_END if found["header"] else _TO_PARAMETER_END
    # A value that is kept is searched again for what it holds, so it may be looked at only this far.
    peek = ends.match(text, start, start + _PEEK)
    if peek is not None and len(peek[0]) < _PEEK and _kept(found, peek[0]):
        return start
    value = ends.match(text, start)
    assert value is not None  # each of them matches at least nothing
    return value.end()


def _kept(found: re.Match[str], value: str) -> bool:
    in_query = found["sep"] not in ":," and not found["open"] and not found["space"]
    if found["sometimes"]:
        return not in_query and _harmless(value)
    # `Password: The service refused it` is a sentence; `password:hunter2` is not.
    in_sentence = found["sep"] == ":" and found["space"] and not (found["open"] or found["header"])
    return bool(in_sentence) and len(value) < 20 and value.isalpha()


def _harmless(value: str) -> bool:
    """An error code or a state of affairs, not something that was drawn at random."""
    return len(value) < 12 or _PLAIN_WORD.fullmatch(value) is not None
