"""The pages that the browser shows at the end. Wholly static: nothing that came in ever goes out again."""

from __future__ import annotations

import base64
import enum
import hashlib

_STYLE = """
:root { color-scheme: light dark; --window: #f6f7f9; --base: #fff; --line: #dfe3e8; --text: #1b1f24;
  --dim: #5c6672; --good: #166f3b; --soon: #9a5b00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --window: #1b1d21; --base: #22252a; --line: #363b43;
  --text: #e8eaed; --dim: #9aa3ae; --good: #6fd08c; --soon: #f0b95b; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px;
  background: var(--window); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
main { width: 100%; max-width: 440px; padding: 36px 32px; text-align: center; background: var(--base);
  border: 1px solid var(--line); border-radius: 10px; }
svg { width: 48px; height: 48px; fill: none; stroke: currentColor; stroke-width: 3;
  stroke-linecap: round; stroke-linejoin: round; }
h1 { margin: 16px 0 8px; font-size: 21px; font-weight: 600; line-height: 1.3; }
p { margin: 0; color: var(--dim); text-wrap: balance; }
.good { color: var(--good); } .soon { color: var(--soon); } .bad { color: var(--bad); }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_MARKS = {
    "good": '<circle cx="24" cy="24" r="21"/><path d="M15 25l6 6 12-13"/>',
    "soon": '<circle cx="24" cy="24" r="21"/><path d="M24 14v13M24 34v.1"/>',
    "bad": '<circle cx="24" cy="24" r="21"/><path d="M17 17l14 14M31 17L17 31"/>',
}
_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Jackfield</title>
<style>{style}</style>
</head>
<body>
<main role="status">
<svg class="{tone}" viewBox="0 0 48 48" aria-hidden="true">{mark}</svg>
<h1>{title}</h1>
<p>{text}</p>
</main>
</body>
</html>
"""

HEADERS: tuple[tuple[str, str], ...] = (
    (
        "Content-Security-Policy",
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


class Page(enum.Enum):
    """One of the pages: status, tone, heading, text."""

    SIGNED_IN = (
        200,
        "good",
        "You can return to Jackfield",
        "Your sign-in has arrived there. You can close this tab.",
    )
    DECLINED = (
        200,
        "soon",
        "You declined",
        "Nothing was connected. You can return to Jackfield and close this tab.",
    )
    REPORTED = (
        200,
        "bad",
        "The service reported a problem",
        "Nothing was connected. Jackfield shows what the service said. You can close this tab.",
    )
    UNVERIFIED = (
        400,
        "bad",
        "This sign-in could not be verified",
        "It does not belong to the sign-in that Jackfield is waiting for, so nothing was done with it. "
        "Return to Jackfield and start from there.",
    )
    NOTHING = (
        400,
        "soon",
        "No answer came with this page",
        "The service did not hand over an answer in a form that Jackfield can read. The sign-in is still "
        "waiting: finish it on the service's page, or return to Jackfield and cancel it.",
    )
    USED = (
        410,
        "good",
        "This sign-in was already used",
        "It has reached Jackfield before, and nothing more is needed. You can close this tab.",
    )
    NOT_FOUND = (404, "soon", "Nothing is here", "Jackfield waits for a sign-in at another address.")
    NOT_ALLOWED = (
        405,
        "soon",
        "Nothing is here",
        "This address only takes a browser that returns from a sign-in.",
    )
    WRONG_HOST = (421, "bad", "This request was meant for another host", "Jackfield does not answer it.")
    BAD_REQUEST = (400, "bad", "This request could not be read", "Jackfield does not answer it.")
    TOO_LONG = (431, "bad", "This request is too long", "Jackfield does not answer it.")

    def __init__(self, status: int, tone: str, title: str, text: str) -> None:
        self.status = status
        self.body = _TEMPLATE.format(
            title=title, text=text, tone=tone, mark=_MARKS[tone], style=_STYLE
        ).encode()
