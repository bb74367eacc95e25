"""A module's structure becomes a definition: data as data, functions by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.dialects.appmixer.context_names import names_in_templates, names_read, settings_for
from connectors.dialects.appmixer.fields import read_fields
from connectors.dialects.appmixer.missing import missing_for, packages_required
from connectors.dialects.appmixer.names import KEYS, our_name, words_of
from connectors.dialects.appmixer.oauth import oauth2_keys, redirect_for, renews_without_refresh_token
from connectors.dialects.appmixer.requests import bare_token_table, request_table, template_with
from connectors.dialects.appmixer.sources import Source
from connectors.errors import DefinitionError
from connectors.tables import RESERVED_PARAMETERS
from connectors.templates.paths import is_path

TYPES = {"apiKey", "pwd", "oauth", "oauth2"}
_NAME_RULES = ("accountNameFromProfileInfo", "emailFromProfileInfo")
_TOKEN_STEPS = ("requestAccessToken", "refreshAccessToken", "requestRequestToken")
_NEEDED = {
    "oauth2": ("authUrl", "requestAccessToken"),
    "oauth": ("authUrl", "requestRequestToken", "requestAccessToken"),
}
_NO_PLACE = {
    "connectAccountButton": "the app draws the button itself.",
    "tokenType": "where the credential goes is said by the requests.",
}
_TAKEN = {"auth", "pre", "scope", "scopeDelimiter", "refreshBeforeExp", "refreshBeforeExpUnits", "pkce"}


class Reading:
    """Reads one module. `table` is the definition; `warnings` and `dropped` say what became of the rest."""

    def __init__(self, described: Mapping[str, Any], source: Source) -> None:
        definition = described.get("definition")
        if not isinstance(definition, Mapping) or "$function" in definition:
            raise DefinitionError("The module has no “definition” that is an object or returns one.")
        self.definition = {key: value for key, value in definition.items() if value is not None}
        self.source = source
        self.text = "\n".join(text for path, text in source.files.items() if not path.endswith(".json"))
        offered = set(described.get("offered") or ())
        needed = [name for name in packages_required(self.text) if name.removeprefix("node:") not in offered]
        self.absent: list[str] = list(dict.fromkeys([*(described.get("absent") or ()), *needed]))
        self.reads: list[str] = list(described.get("reads") or ())
        self.unsure = bool(described.get("unsure"))  # a sample of the context went into it that left no trace
        self.scope = described.get("scope")
        self.warnings: list[str] = []
        self.dropped: dict[str, str] = {}
        self.kind = self._kind(described.get("type"))
        self.fields, self.names = read_fields(self.definition, self.kind, self._warn)
        self.uses_functions = False

    def _warn(self, key: str, reason: str) -> None:
        self.warnings.append(f"{key}: {reason}")

    def _kind(self, given: Any) -> str:
        if given in TYPES:
            return str(given)
        if given:
            raise DefinitionError(
                f"The module's type “{given}” is not known: it can be {', '.join(sorted(TYPES))}."
            )
        guess = "apiKey"
        if "authUrl" in self.definition:
            guess = "oauth" if "requestRequestToken" in self.definition else "oauth2"
        elif {"username", "password"} <= set(self.definition.get("auth") or ()):
            guess = "pwd"
        self._warn("type", f"is missing; taken to be {guess}.")
        return guess

    def table(self, name: str) -> dict[str, Any]:
        """The definition. Raises DefinitionError when a step that is needed cannot run."""
        steps = self._steps()
        for key in _NEEDED.get(self.kind, ()):
            if KEYS[key] not in steps:
                why = self.dropped.get(key, "the module does not have it")
                raise DefinitionError(f"“{key}” is needed and cannot run: {why}")
        if self.kind == "apiKey" and not self.fields:
            self.fields = {"apiKey": {"name": "API key"}}
            self._warn("auth", "has no fields; a field for the API key was added.")
        if self.kind == "pwd" and "validate" not in steps:
            self.kind = "apiKey"
            self.fields = self.fields or {"username": {"name": "User name"}, "password": {"type": "password"}}
            self._warn(
                "validate", "there is no test left; the values are kept as they are typed, without one."
            )
        found: dict[str, Any] = {"name": name, "type": self.kind}
        if self.source.category:
            found["category"] = words_of(self.source.category)
        if self.source.description:
            found["description"] = self.source.description
        if self.kind == "oauth2":
            found |= oauth2_keys(self.definition, self.scope, steps)
        found |= steps
        self._free_unused(steps)
        if self.fields:
            found["auth"] = self.fields
        if redirect := redirect_for(steps.get("auth_url")):
            found["redirect"] = redirect
        if settings := self._settings(steps):
            found["settings"] = settings
        for key in self.definition:
            if key in _NO_PLACE:
                self.dropped[key] = _NO_PLACE[key]
            elif key not in KEYS and key not in _TAKEN and not self._is_helper(key):
                self.dropped[key] = "is not known."
        return found

    def _is_helper(self, key: str) -> bool:
        """A function of the module's own, which its steps call."""
        value = self.definition[key]
        return isinstance(value, Mapping) and "$function" in value

    def _steps(self) -> dict[str, Any]:
        steps: dict[str, Any] = {}
        oauth = self.kind in {"oauth", "oauth2"}
        skipped = "validate" if oauth and "validateAccessToken" in self.definition else "validateAccessToken"
        for key, ours in KEYS.items():
            if key not in self.definition or (
                key == skipped and "validate" in self.definition and key != "validate"
            ):
                continue
            if key == "validate" and skipped == "validate":
                continue
            if not oauth and key in {"authUrl", *_TOKEN_STEPS}:
                self.dropped[key] = f"belongs to OAuth; this module is {self.kind}."
                continue
            if (key == "requestRequestToken" and self.kind != "oauth") or (
                key == "refreshAccessToken" and self.kind != "oauth2"
            ):
                self.dropped[key] = f"means nothing for {self.kind}."
                continue
            value = self._step(key, self.definition[key])
            if value is not None:
                steps[ours] = value
        if "requestProfileInfo" in self.dropped:
            for key in _NAME_RULES:
                if isinstance(steps.get(KEYS[key]), Mapping):
                    del steps[KEYS[key]]
                    self.dropped[key] = "reads the profile, which is left out."
        return steps

    def _step(self, key: str, value: Any) -> Any:
        if isinstance(value, Mapping) and "$function" in value:
            package = missing_for(value["$function"], self.text, self.absent)
            if package:
                self.dropped[key] = f"it needs the package “{package}”, which cannot be had here."
                return None
            return self._function(key, value)
        made_of_context = self.unsure or any("{{" + name + "}}" in str(value) for name in self.reads)
        if made_of_context and key not in _NAME_RULES:
            return self._function(key, value)
        said = self._rule(key, value) if key in _NAME_RULES else self._data(key, value)
        if said is None and key not in self.dropped:
            return self._function(key, value)
        return said

    def _function(self, key: str, value: Any) -> dict[str, Any]:
        self.uses_functions = True
        call: dict[str, Any] = {"function": key}
        if key == "refreshAccessToken" and renews_without_refresh_token(value):
            call["without_refresh_token"] = True
        return call

    def _template_name(self, path: str) -> str:
        return our_name(path, self.names, self.kind)

    def _data(self, key: str, value: Any) -> Any:
        template = template_with(self._template_name)
        if isinstance(value, Mapping) and value.get("json") is False:
            value = {k: v for k, v in value.items() if k != "json"}
        if key == "authUrl":
            return self._auth_url(value)
        if key == "validateErrCallback":
            self.dropped[key] = "is no function."
            return ""
        if key in _TOKEN_STEPS:
            if self.kind == "oauth":
                return template(value) if isinstance(value, str) else None
            return template(value) if isinstance(value, str) else bare_token_table(value, template)
        if isinstance(value, str):
            return template(value)
        return request_table(value, template) if isinstance(value, Mapping) else None

    def _auth_url(self, value: Any) -> Any:
        """An address without parameters of its own gets the standard ones; any other stays as it is."""
        template = template_with(self._template_name)
        if not isinstance(value, str):
            return None
        named = {part.split("=")[0] for part in value.partition("?")[2].split("&")}
        return None if named & {*RESERVED_PARAMETERS, "scope", "oauth_token"} else template(value)

    def _rule(self, key: str, value: Any) -> Any:
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            paths = list(value)
        elif isinstance(value, str) and "{{" in value:
            return template_with(self._profile_name)(value)
        elif isinstance(value, str):
            paths = [self.names.get(value, value)]
        else:
            self.dropped[key] = "is neither a path nor a function."
            return None
        # The answer of `context.httpRequest` is unpacked here, and of a list the first item is taken.
        for path in list(paths):
            paths += [path[len(start) :] for start in ("data.", "[0].", "0.") if path.startswith(start)]
        paths = [path for path in paths if is_path(path)]
        if not paths:
            self.dropped[key] = f"“{value}” is no path."
            return None
        return paths if len(paths) > 1 else paths[0]

    def _profile_name(self, path: str) -> str:
        if path in self.names:
            return self.names[path]
        return "profile_info." + path.removeprefix("context.").removeprefix("profileInfo.")

    def _settings(self, steps: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """What is read and never asked: it becomes a setting of the connector that may stay empty."""
        read = (names_read(self._functions_kept(steps)) - set(self.names)) | (
            names_in_templates(steps) - set(self.fields)
        )
        settings = settings_for(read)
        for name in settings:
            self._warn(f"settings.{name}", "is read and asked nowhere; it became a setting of the connector.")
        return settings

    def _free_unused(self, steps: Mapping[str, Any]) -> None:
        """A field that nothing reads may stay empty, unless the module says otherwise."""
        text = "\n".join(self._functions_kept(steps))
        read = names_in_templates(steps) | {str(steps.get("account_name_from_profile_info"))}
        for name, key in self.names.items():
            used = key in read or re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text)
            if steps and not used:
                self.fields[key].setdefault("required", False)

    def _functions_kept(self, steps: Mapping[str, Any]) -> list[str]:
        kept = {
            step["function"] for step in steps.values() if isinstance(step, Mapping) and "function" in step
        }
        texts = []
        for key, value in self.definition.items():
            if isinstance(value, Mapping) and "$function" in value and (key in kept or key not in KEYS):
                texts.append(value["$function"])
        return texts
