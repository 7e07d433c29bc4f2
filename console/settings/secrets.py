"""Secrets by reference: a value is read when it is needed and never printed."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import msgspec

from console.domain.address import without_secrets
from console.domain.label import harmless

HIDDEN = "***"

_KINDS = ("env", "file", "keyring", "command")
_READABLE_BY_OTHERS = 0o077


class Secret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a secret is kept: exactly one of an environment variable, a file, a keyring entry or a command.

    A keyring entry is written `service/user`; a command is a list of words, run without a shell, whose output is the
    secret. The newline at the end of a file or an output does not belong to it.
    """

    env: str | None = None
    file: str | None = None
    keyring: str | None = None
    command: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        given = [kind for kind in _KINDS if getattr(self, kind)]
        if len(given) != 1:
            raise ValueError(f"a secret is exactly one of {', '.join(_KINDS)}; found {' and '.join(given) or 'none'}")

    @property
    def shown(self) -> str:
        """Return where the secret is kept, in words for messages; of a command only the program is told."""
        if self.env:
            return f"environment variable {harmless(self.env)}"
        if self.file:
            return f"file {harmless(self.file)}"
        if self.keyring:
            return f"keyring entry {harmless(self.keyring)}"
        return f"command {harmless(self.command[0])}" if self.command else "nothing"


def secrets_inside(value: object) -> Iterator[Secret]:
    """Yield every reference to a secret in settings, however deep it stands."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from secrets_inside(getattr(value, name))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from secrets_inside(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from secrets_inside(each)


class SecretUnavailable(ValueError):
    """A secret that its reference does not give; the text is one line and never holds a part of the value."""


class SecretValue:
    """A secret that was read; printed, logged or formatted it is `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    def __format__(self, specification: str) -> str:
        return HIDDEN

    def __rich_repr__(self) -> list[str]:
        return [HIDDEN]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


def masked(url: str) -> str:
    """Return a URL as it may be shown, with `***` where a user and a password stand."""
    scheme, separator, rest = without_secrets(url).partition("://")
    return f"{scheme}{separator}{HIDDEN}@{rest}" if "@" in url else scheme + separator + rest


def resolve_secret(
    secret: Secret, environment: Mapping[str, str], warn: Callable[[str], None] | None = None
) -> SecretValue:
    """Return the value that a reference gives; this may start a program and wait for it.

    `warn` is called with one line when a secret file can be read by others.

    Raises:
        SecretUnavailable: there is nothing, or nothing usable, where the reference points.
    """
    if secret.env:
        value = environment.get(secret.env, "")
    elif secret.file:
        value = _from_file(secret, Path(secret.file), warn)
    elif secret.keyring:
        value = _from_keyring(secret, secret.keyring)
    else:
        value = _from_command(secret, secret.command or (), environment)
    value = value.removesuffix("\n").removesuffix("\r")
    if not value.strip():
        raise SecretUnavailable(f"{secret.shown} is not set" if secret.env else f"{secret.shown} is empty")
    if not value.isprintable():
        raise SecretUnavailable(f"{secret.shown} holds more than one line or control characters")
    return SecretValue(value)


def _from_file(secret: Secret, path: Path, warn: Callable[[str], None] | None) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SecretUnavailable(f"{secret.shown} cannot be read: {reason}") from None
    if warn is not None and mode & _READABLE_BY_OTHERS:
        warn(f"{secret.shown} can be read by others (mode {mode & 0o777:04o}); chmod 600 keeps it to you")
    return text


def _from_keyring(secret: Secret, entry: str) -> str:
    service, separator, user = entry.partition("/")
    if not separator or not service or not user:
        raise SecretUnavailable(f"{secret.shown} is no service/user")
    try:
        import keyring  # type: ignore[import-not-found]  # an optional package
        from keyring.errors import KeyringError  # type: ignore[import-not-found]  # as above
    except ImportError:
        raise SecretUnavailable(f"{secret.shown} needs the package keyring: pip install keyring") from None
    try:
        return keyring.get_password(service, user) or ""
    except KeyringError as error:
        raise SecretUnavailable(f"{secret.shown} cannot be read: {type(error).__name__}") from None


def _from_command(secret: Secret, command: tuple[str, ...], environment: Mapping[str, str]) -> str:
    from console.settings.secret_program import ProgramFailed, output_of

    try:
        return output_of(command, environment).decode()
    except ProgramFailed as error:
        raise SecretUnavailable(f"{secret.shown} {error}") from None
    except OSError as error:
        raise SecretUnavailable(f"{secret.shown} cannot be run: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SecretUnavailable(f"{secret.shown} did not give UTF-8") from None
