"""django-oauth-toolkit as an authorization server, in a process of its own: nobody here wrote its protocol.

Run with the folder for its database as the only argument. It prints one line of JSON when it listens (url,
client ids and secrets) and stops when its standard input ends, so that it cannot outlive the test.
"""

from __future__ import annotations

import json
import secrets
import socket
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

USERNAME, PASSWORD = "dora", "correct-horse-2026"
EMAIL, FULL_NAME = "dora@example.org", "Dora Lindqvist"
# The port that is registered does not matter on loopback (RFC 8252 7.3); the path does.
REDIRECT_URIS = " ".join(
    f"http://{host}/callback/{key}"
    for host in ("127.0.0.1", "localhost")
    for key in ("generic-oauth2", "openid", "toolkit")
)

TEMPLATES = {
    "oauth2_provider/base.html": "<!doctype html><html lang=en><meta charset=utf-8><title>Toolkit</title>"
    "<body>{% block content %}{% endblock %}</body></html>",
    "registration/login.html": "<!doctype html><html lang=en><meta charset=utf-8><title>Log in</title>"
    "<body><h1>Log in</h1><form method=post>{% csrf_token %}{{ form.as_p }}"
    "<input type=hidden name=next value='{{ next }}'><button>Log in</button></form></body></html>",
}


def _signing_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def configure(folder: Path) -> None:
    """A Django project in code: sessions, log-in, and the toolkit with rotation and reuse protection."""
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        SECRET_KEY=secrets.token_urlsafe(32),
        ROOT_URLCONF="toolkit_urls",
        LOGIN_URL="/accounts/login/",
        USE_TZ=True,
        STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "django.sqlite3"),
                # Writers wait for each other instead of failing at once.
                "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
            }
        },
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # nothing here is worth guarding
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        ("django.template.loaders.locmem.Loader", TEMPLATES),
                        "django.template.loaders.app_directories.Loader",
                    ],
                    "context_processors": ["django.template.context_processors.request"],
                },
            }
        ],
        OAUTH2_PROVIDER={
            "SCOPES": {
                "read": "Read your things",
                "write": "Change your things",
                "email": "Your e-mail",
                "openid": "Who you are",
            },
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": _signing_key(),
            "DEVICE_FLOW_INTERVAL": 1,
            "DCR_ENABLED": True,
            "DCR_REGISTRATION_PERMISSION_CLASSES": ("oauth2_provider.dcr.AllowAllDCRPermission",),
            "DEFAULT_SCOPES": ["read"],
            "PKCE_REQUIRED": True,
            "ROTATE_REFRESH_TOKEN": True,
            "REFRESH_TOKEN_REUSE_PROTECTION": True,
            "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
            "ACCESS_TOKEN_EXPIRE_SECONDS": 1800,
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http"],
        },
    )
    django.setup()


def me(request: HttpRequest) -> HttpResponse:
    """What an API of the service would say about the token's owner."""
    from oauth2_provider.decorators import protected_resource

    @protected_resource()
    def answer(request: HttpRequest) -> HttpResponse:
        user: Any = request.resource_owner  # type: ignore[attr-defined]
        return JsonResponse({"sub": str(user.pk), "name": user.get_full_name(), "email": user.email})

    return answer(request)


def route() -> None:
    """The URL configuration. A module made here, because its imports need the settings above."""
    from oauth2_provider.urls import metadata_urlpatterns

    urls = ModuleType("toolkit_urls")
    urls.urlpatterns = [  # type: ignore[attr-defined]
        path("accounts/", include("django.contrib.auth.urls")),
        path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
        path("me", me),
        # RFC 8414 looks for its document at the root.
        path("", include((metadata_urlpatterns, "oauth2_provider"), namespace="metadata")),
    ]
    sys.modules[urls.__name__] = urls


def fill() -> dict[str, str]:
    """The tables, one person, one public and one confidential app."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0, interactive=False)
    first_name, last_name = FULL_NAME.split()
    user = User.objects.create_user(USERNAME, EMAIL, PASSWORD, first_name=first_name, last_name=last_name)
    shared = {
        "user": user,
        "redirect_uris": REDIRECT_URIS,
        "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
    }
    public = Application(name="Jackfield", client_type=Application.CLIENT_PUBLIC, **shared)
    confidential = Application(name="Jackfield server", client_type=Application.CLIENT_CONFIDENTIAL, **shared)
    secret = confidential.client_secret  # readable until it is saved: the table holds a hash
    public.save()
    confidential.save()
    more: dict[str, str] = {}
    for name, grant in (
        ("machine", Application.GRANT_CLIENT_CREDENTIALS),
        ("legacy", Application.GRANT_PASSWORD),
    ):
        app = Application(name=name, user=user, authorization_grant_type=grant)
        app.client_type = Application.CLIENT_CONFIDENTIAL
        more |= {f"{name}_client_id": app.client_id, f"{name}_client_secret": app.client_secret}
        app.save()
    device = Application(name="device", user=user, authorization_grant_type=Application.GRANT_DEVICE_CODE)
    device.client_type = Application.CLIENT_PUBLIC
    device.save()
    openid = Application(name="openid", client_type=Application.CLIENT_PUBLIC, algorithm="RS256", **shared)
    openid.save()
    return {
        **more,
        "device_client_id": device.client_id,
        "openid_client_id": openid.client_id,
        "public_client_id": public.client_id,
        "confidential_client_id": confidential.client_id,
        "confidential_client_secret": secret,
    }


def main() -> None:
    """Serve until standard input ends."""
    configure(Path(sys.argv[1]))
    route()
    told = fill()

    from django.core.handlers.wsgi import WSGIHandler
    from waitress import create_server

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = create_server(WSGIHandler(), sockets=[listening], threads=8)
        threading.Thread(target=server.run, daemon=True).start()
        told["url"] = f"http://127.0.0.1:{listening.getsockname()[1]}"
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
