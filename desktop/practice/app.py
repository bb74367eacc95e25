"""The practice provider as one Flask application: what every request and every answer goes through."""

from __future__ import annotations

import threading

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from desktop.practice import api, pages
from desktop.practice.authorization import PracticeServer
from desktop.practice.knobs import Knobs, PlannedFailure
from desktop.practice.store import Seen, Store

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
LARGEST_REQUEST = 64 * 1024


def create_app(store: Store, knobs: Knobs, stopping: threading.Event) -> Flask:
    """The application. `stopping` ends waits that the `slow` knob asked for."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.json.sort_keys = False  # answers read in the order they are written
    server = PracticeServer(app, store, knobs)
    app.register_blueprint(pages.blueprint(server, store))
    app.register_blueprint(api.blueprint(server, store))

    @app.before_request
    def note_and_bend() -> Response | None:
        form = {key: "" if key == "password" else value for key, value in request.form.items()}
        store.note(Seen(request.method, request.path, request.args.to_dict(), form))
        if request.host.rpartition(":")[0] not in OWN_HOSTS and request.host not in OWN_HOSTS:
            # A page elsewhere can point a host name of its own at 127.0.0.1 and read the answers.
            return Response(
                "This server answers to 127.0.0.1 and localhost only.\n", 421, mimetype="text/plain"
            )
        if knobs.slow and stopping.wait(knobs.slow):
            return Response("The practice provider is stopping.\n", 503, mimetype="text/plain")
        failure = knobs.take_failure(request.path)
        return failed(failure) if failure else None

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        if error.response is not None:  # Authlib's own answer to a refused token
            return error.response
        return Response(f"{error.code} {error.description}\n", error.code, mimetype="text/plain")

    return app


def failed(failure: PlannedFailure) -> Response:
    """The answer that a knob asked for instead of the real one."""
    page = "<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"
    match failure.answer:
        case "invalid_grant":
            body = '{"error": "invalid_grant", "error_description": "The grant has ended."}'
            return Response(body, 400, mimetype="application/json")
        case "html_200":
            return Response(page, 200, mimetype="text/html")
        case "html_502":
            return Response(page, 502, mimetype="text/html")
        case "empty":
            return Response("", 200, mimetype="application/json")
        case "bad_json":
            return Response('{"access_token": "cut o', 200, mimetype="application/json")
    body = '{"error": "server_error", "error_description": "The practice provider was asked to fail."}'
    response = Response(body, failure.answer, mimetype="application/json")
    if failure.retry_after:
        response.headers["Retry-After"] = failure.retry_after
    return response
