"""How values are read from a section of the secrets and from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.errors import SettingsError


class Secret:
    """A string that shows itself only when asked by name, never in a repr, str or pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The string itself, for the one place that sends it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret(•••)" if self._value else "Secret()"

    __str__ = __repr__

    def __reduce__(self) -> Any:
        raise TypeError("A secret is never pickled.")


def merge(
    name: str,
    section: Mapping[str, Any],
    environ: Mapping[str, str],
    variables: Mapping[str, str],
) -> dict[str, Any]:
    """The values of a section, by key; those of the environment win.

    Args:
        name: of the section.
        section: what the secrets say.
        environ: environment variables.
        variables: the name of the environment variable, by key; all keys there are.

    Raises:
        SettingsError: the section has a key that is none.
    """
    unknown = sorted(set(section) - set(variables))
    if unknown:
        raise SettingsError(
            f"The secrets have [{name}] {unknown[0]} = …, which this desk does not know. "
            f"It knows: {', '.join(variables)}."
        )
    told = {key: environ[name] for key, name in variables.items() if environ.get(name)}
    return {**section, **told}


def read_text(values: Mapping[str, Any], key: str, *, example: str) -> str:
    """A text without outer spaces; "" where none is set.

    Raises:
        SettingsError: it is no text; the value is not shown, it may be secret.
    """
    value = values.get(key, "")
    if not isinstance(value, str):
        raise SettingsError(f'{key} is a text, for example {key} = "{example}".')
    return value.strip()


def read_list(values: Mapping[str, Any], key: str) -> list[str]:
    """Texts without outer spaces, from a list or from one text with commas.

    Raises:
        SettingsError: it is neither.
    """
    value = values.get(key, ())
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)) or not all(isinstance(part, str) for part in parts):
        raise SettingsError(f'{key} is a list of texts, for example {key} = ["one", "two"].')
    return [part.strip() for part in parts if part.strip()]


def read_truth(values: Mapping[str, Any], key: str) -> bool | None:
    """True or false; None where nothing is set.

    Raises:
        SettingsError: it is neither.
    """
    value = values.get(key)
    if value is None or isinstance(value, bool):
        return value
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if not isinstance(value, str) or value.strip().lower() not in known:
        raise SettingsError(f"{key} is true or false. Change it.")
    return known[value.strip().lower()]
