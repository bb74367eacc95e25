"""`jackfield connectors …`: the catalog, own definitions, and each connector's settings."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli import passphrase
from desktop.cli.common import (
    Subparsers,
    add_command,
    add_group,
    add_json,
    add_reveal,
    add_set,
    engine_for,
    home_folder,
    open_vault,
)
from desktop.cli.exits import DONE, FAILED, UsageError
from desktop.cli.importing import add_import
from desktop.cli.output import document, iso, line, note, pairs, table
from desktop.cli.shapes import connector_shape
from desktop.cli.values import parse_assignments

if TYPE_CHECKING:
    from connectors.definition import Connector, Field
    from connectors.reading.registry import Catalog


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the group to the grammar."""
    group = add_group(commands, "connectors", "the catalog, own definitions and connector settings")
    listed = add_command(group, "list", list_connectors, "the catalog and your own definitions")
    listed.add_argument(
        "--search", metavar="TEXT", default="", help="only connectors with this in their name"
    )
    shown = add_command(group, "show", show, "a connector's methods, form fields and redirect URI")
    shown.add_argument("key", metavar="KEY")
    checked = add_command(group, "check", check, "every problem in definitions, as file: key: reason")
    checked.add_argument("paths", metavar="PATH", nargs="+")
    added = add_command(
        group, "add", add, "add a definition of your own; its Python file comes along and runs shut in"
    )
    added.add_argument("path", metavar="PATH")
    added.add_argument(
        "--run-with-my-rights",
        action="store_true",
        help="let its Python file run inside the app, where it may do all that you may do",
    )
    configured = add_command(group, "configure", configure, "a connector's client id, secret and the like")
    configured.add_argument("key", metavar="KEY")
    add_set(configured, "a setting and its value, empty to clear it")
    add_reveal(configured)
    configured.add_argument(
        "--log-secrets",
        choices=("on", "off"),
        help="for an hour, write this connector's passwords and tokens readable into Activity, in the vault",
    )
    add_import(group)
    for parser in (listed, shown, checked, added, configured):
        add_json(parser)


def list_connectors(args: argparse.Namespace) -> int:
    """connectors list"""
    catalog = _catalog(args)
    _say_problems(catalog)
    found = catalog.search(args.search) if args.search else sorted(catalog, key=lambda one: one.name.lower())
    if args.json:
        document(
            [
                {
                    "key": one.key,
                    "name": one.name,
                    "category": one.category,
                    "description": one.description,
                    "origin": one.origin,
                    "methods": [{"key": m.key, "type": m.type, "name": m.name} for m in one.methods.values()],
                }
                for one in found
            ]
        )
    else:
        table(
            ("KEY", "NAME", "CATEGORY", "METHODS", "ORIGIN"),
            [(one.key, one.name, one.category, ", ".join(one.methods), one.origin) for one in found],
        )
    return DONE


def show(args: argparse.Namespace) -> int:
    """connectors show"""
    from connectors.operations import operations_of

    catalog, redirect_uri = _catalog_and_redirect(args)
    _say_problems(catalog)
    connector = catalog.get(args.key)
    shape = connector_shape(connector, redirect_uri(connector))
    operations = operations_of(connector)
    if args.json:
        listed = [{"method": o.method, "path": o.path, "summary": o.summary} for o in operations]
        document(shape | {"operations": listed})
        return DONE
    line(f"{connector.name} ({connector.key})")
    if connector.description:
        line(connector.description)
    if connector.register_url:
        line(f"Register an app or a key at {connector.register_url}")
    if connector.settings:
        line("settings")
        pairs({field.key: _field_text(field) for field in connector.settings}, indent="  ")
    for method, told in zip(connector.methods.values(), shape["methods"], strict=True):
        line(f"method {method.key}: {method.name}")
        pairs({field.key: _field_text(field) for field in method.fields}, indent="  ")
        if told["redirect_uri"]:
            line(f"  redirect URI: {told['redirect_uri']}")
        if told["scopes"]:
            line(f"  scopes: {' '.join(told['scopes'])}")
    for operation in operations:
        line(f"{operation.method} {operation.path}  {operation.summary}".rstrip())
    return DONE


def check(args: argparse.Namespace) -> int:
    """connectors check"""
    from connectors.reading.loading import check_paths

    paths = [Path(name).expanduser() for name in args.paths]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"There is no file or folder {', '.join(missing)}.")
    problems = check_paths(paths)
    if args.json:
        document(
            [{"file": p.file, "key": p.key, "reason": p.reason, "severity": p.severity} for p in problems]
        )
    else:
        for problem in problems:
            line(str(problem))
        if not problems:
            note("No problem found.")
    return FAILED if any(problem.severity == "error" for problem in problems) else DONE


def add(args: argparse.Namespace) -> int:
    """connectors add"""
    path = Path(args.path).expanduser().absolute()
    code = path.with_suffix(".py")
    if code.is_file():
        # Naming the pair on the command line is the consent; what it means is said all the same.
        note(
            f"{code} comes along and runs with your own rights: it may do all that you may do."
            if args.run_with_my_rights
            else f"{code} comes along and runs shut in, without your files, your rights or the network."
        )
    with engine_for(args) as engine:
        rights = args.run_with_my_rights
        key = engine.run(engine.add_connector(path, run_with_my_rights=rights, shut_in=True))
        connector, redirect_uri = engine.catalog.get(key), engine.redirect_uri(key)
    if args.json:
        document(connector_shape(connector, redirect_uri))
    else:
        note(f"Added {connector.name}. Connect it with: jackfield connect {connector.key}")
    return DONE


def configure(args: argparse.Namespace) -> int:
    """connectors configure: sets what is given and prints what is set."""
    from desktop.engine.privacy.redaction import mask

    changes = {field: value or None for field, value in parse_assignments(args.assignments).items()}
    with engine_for(args) as engine:
        connector = engine.catalog.get(args.key)
        if changes:
            engine.run(engine.configure(args.key, changes))
        if args.log_secrets:
            engine.run(engine.log_secrets(args.key, args.log_secrets == "on"))
        until = engine.run(engine.secrets_logged()).get(connector.key)
        settings = engine.run(engine.connector_settings(args.key))
        redirect_uri = engine.redirect_uri(args.key)
        secret = {field.key for field in connector.settings if field.secret} | {"client_secret"}
        if args.reveal and (revealed := sorted(secret & settings.keys())):
            engine.run(engine.note_settings(connector.key, "revealed", revealed))
    shown = {
        key: value if args.reveal or key not in secret else mask(value) for key, value in settings.items()
    }
    if args.json:
        told = {"key": args.key, "settings": shown, "redirect_uri": redirect_uri}
        document(told | ({"secrets_logged_until": iso(until)} if until else {}))
    else:
        pairs(shown)
        if until:
            note(
                f"Until {iso(until)} passwords and tokens of {connector.name} stand readable in Activity, for"
                " everybody who can unlock the vault, and in backups made meanwhile. No log and no other file"
                f" holds them. To end it: jackfield connectors configure {connector.key} --log-secrets off"
            )
        note(f"Redirect URI to register: {redirect_uri}")
    return DONE


def _catalog(args: argparse.Namespace) -> Catalog:
    """The catalog without the vault, so that nobody is asked for a passphrase to read it."""
    from connectors.reading.registry import load_catalog
    from desktop.engine.definitions.index import definition_index

    home = home_folder(args)
    return load_catalog(home / "connectors", index=definition_index(home), outline=True)


def _catalog_and_redirect(args: argparse.Namespace) -> tuple[Catalog, Callable[[Connector], str]]:
    """With a passphrase at hand also what the vault knows: approved code, a redirect URI of one's own."""
    if passphrase.from_file(args) is not None:
        with engine_for(args, unlock=False) as engine:
            if engine.vault_state == "locked":
                open_vault(engine, args)
                uris = {connector.key: engine.redirect_uri(connector.key) for connector in engine.catalog}
                return engine.catalog, lambda connector: uris[connector.key]
    from desktop.engine.connect.redirects import redirect_text

    return _catalog(args), lambda connector: redirect_text(connector.redirect)


def _say_problems(catalog: Catalog) -> None:
    for problem in catalog.problems:
        note(str(problem))


def _field_text(field: Field) -> str:
    remarks: list[str] = [field.type]
    if field.required:
        remarks.append("required")
    if field.secret:
        remarks.append("secret")
    if field.default:
        remarks.append(f"default {field.default}")
    if field.options:
        remarks.append("one of " + ", ".join(choice.value for choice in field.options))
    return f"{field.name} ({'; '.join(remarks)})"
