"""What people see: the front page, signing in, and consent. No script, no outside resource, all escaped."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, make_response, redirect, render_template, request

from desktop.practice.authorization import CLIENTS, SCOPES, PracticeServer
from desktop.practice.people import PASSWORD, PEOPLE, PUBLIC_CLIENT, check_password
from desktop.practice.store import Session, Store

COOKIE = "jackfield_practice"
MISUSES = {
    "invalid_client": "The app that sent you here is not known to this provider. Check its client id.",
    "unsupported_response_type": "The app asked for something other than an authorization code.",
    "invalid_request": "The app's request cannot be used: its redirect URI must be on this computer, and "
    "no parameter may be missing or come twice.",
}


def blueprint(server: PracticeServer, store: Store) -> Blueprint:
    """The pages, bound to one store."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def front() -> Response:
        base = request.host_url.rstrip("/")
        return page("front.html", people=PEOPLE.values(), password=PASSWORD, base=base, client=PUBLIC_CLIENT)

    @routes.get("/oauth/authorize")
    def authorize() -> Response:
        try:
            grant = server.get_consent_grant()
        except OAuth2Error as error:
            return misuse(server, error)
        session = store.session(request.cookies.get(COOKIE, "")) or store.new_session()
        return consent_page(grant, session) if session.username else sign_in_page(session)

    @routes.post("/oauth/authorize")
    def decide() -> Response:
        try:
            grant = server.get_consent_grant()
        except OAuth2Error as error:
            return misuse(server, error)
        session = store.session(request.cookies.get(COOKIE, ""))
        if session is None or not hmac.compare_digest(
            request.form.get("csrf", "").encode(), session.csrf.encode()
        ):
            return problem("This page is out of date. Go back to the app and start the sign-in again.")
        action = request.form.get("action", "")
        if action == "sign_in":
            return sign_in(store, session)
        if action == "switch":
            return same_page(store.new_session(instead_of=session))
        if action in ("allow", "decline") and session.username:
            chosen = session.username if action == "allow" else None
            return server.create_authorization_response(request=grant.request, grant_user=chosen, grant=grant)
        return problem("Sign in first, then allow or decline.")

    return routes


def sign_in(store: Store, session: Session) -> Response:
    """Check the password; a good one gives the browser a new session."""
    username = request.form.get("username", "")
    person = check_password(username, request.form.get("password", ""))
    if person is None:
        sentence = "The username or password is not right. Both stand on the provider’s front page."
        return sign_in_page(session, sentence, username, 401)
    return same_page(store.new_session(person.username, instead_of=session))


def sign_in_page(session: Session, sentence: str = "", username: str = "", status: int = 200) -> Response:
    """Username and password, with a hint at who there is."""
    client = CLIENTS[request.args["client_id"]]
    return page(
        "sign_in.html",
        status,
        session,
        client=client,
        problem=sentence,
        username=username,
        people=PEOPLE.values(),
        password=PASSWORD,
    )


def consent_page(grant: Any, session: Session) -> Response:
    """What the app asks for, with Allow and Decline."""
    back = urlsplit(grant.redirect_uri)
    # A browser checks form-action against the redirect that follows a form too, so the app's address is
    # named. CSP knows no IPv6 literals; for those the scheme has to do.
    target = "http:" if "[" in back.netloc else f"{back.scheme}://{back.netloc}"
    return page(
        "consent.html",
        200,
        session,
        form_action=target,
        client=CLIENTS[request.args["client_id"]],
        person=PEOPLE[session.username],
        meanings=[SCOPES[word] for word in grant.request.scope.split()],
        back=back.netloc,
    )


def same_page(session: Session) -> Response:
    """Ask for this page again with GET, so that a reload sends no form."""
    response = redirect(f"{request.path}?{request.query_string.decode('ascii')}", 303)
    return with_session(make_response(response), session)


def misuse(server: PracticeServer, error: OAuth2Error) -> Response:
    """A request that cannot be granted: back to the app where that is safe, else a page (6749 4.1.2.1)."""
    if getattr(error, "redirect_uri", None):
        return server.handle_error_response(None, error)
    return problem(MISUSES.get(error.error) or error.get_error_description())


def problem(sentence: str) -> Response:
    """A page that says what is wrong."""
    return page("problem.html", 400, problem=sentence)


def page(
    template: str, status: int = 200, session: Session | None = None, *, form_action: str = "", **values: Any
) -> Response:
    """A rendered page with the policy that it needs: its own style sheet and forms to itself."""
    csrf = session.csrf if session else ""
    response = make_response(render_template(template, csrf=csrf, **values), status)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        f"form-action 'self' {form_action}".rstrip()
    )
    return with_session(response, session) if session else response


def with_session(response: Response, session: Session) -> Response:
    """Give the browser its session. It ends with the browser and is sent by this site's pages only."""
    response.set_cookie(COOKIE, session.id, httponly=True, samesite="Lax", path="/oauth")
    return response
