"""A definition that is a function of the context: `def definition(context): return {...}`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from connectors.reading.table import Problems, kind_of
from connectors.templates.text import clean_message

Definition = Callable[[Any], Any]


class _Names:
    """The context while loading: nothing has a value yet, so a name stands for its own template."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return "{{" + name + "}}"


class FromDefinition:
    """A step inside such a definition.

    The definition is called anew for each operation, so that what its functions share between them
    belongs to one account's connect or refresh and never to two.
    """

    def __init__(self, definition: Definition, path: tuple[str, ...]) -> None:
        self._definition = definition
        self._path = path

    def __call__(self, context: Any) -> Any:
        """Runs the step with the operation's own instance of the definition."""
        instances: dict[Any, Any] = context.scratch
        if self._definition not in instances:
            instances[self._definition] = self._definition(context)
        step = instances[self._definition]
        for key in self._path:
            step = step[key]
        return step(context) if inspect.signature(step).parameters else step()


def whole_definition(data: Mapping[str, Any], definition: Definition, problems: Problems) -> dict[str, Any]:
    """The TOML table together with what the function returns; a key in both is a mistake."""
    try:
        made = definition(_Names())
    except (Exception, SystemExit) as error:
        problems.add("definition", f"the function failed ({type(error).__name__}): {clean_message(error)}.")
        return dict(data)
    if not isinstance(made, Mapping):
        problems.add("definition", f"must return a table (a dict), not {kind_of(made)}.")
        return dict(data)
    for key in made.keys() & data.keys():
        problems.add(key, "stands in the TOML file and in what “definition” returns; keep one of them.")
    return {**data, **_with_steps(made, definition, ())}


def _with_steps(made: Mapping[str, Any], definition: Definition, at: tuple[str, ...]) -> dict[str, Any]:
    from connectors.worker.runner import ShutIn  # brings HTTP along, which most definitions are read without

    found: dict[str, Any] = {}
    for key, value in made.items():
        if isinstance(value, ShutIn):
            found[key] = value
        elif callable(value):
            found[key] = FromDefinition(definition, (*at, key))
        elif isinstance(value, Mapping):
            found[key] = _with_steps(value, definition, (*at, key))
        elif isinstance(value, tuple):
            found[key] = list(value)
        else:
            found[key] = value
    return found
