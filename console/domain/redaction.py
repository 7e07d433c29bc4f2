"""One redaction of everything that is written down or told for good: what looks like a secret becomes `***`."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

HIDDEN = "***"

_NAMES = (
    r"pass(?:word|wd|phrase)|(?<![a-z])pass|pwd|secret|client[ _-]?secret"
    r"|(?:api|access|account|private|secret|signing)[ _-]?key|routing[_-]?key"
    r"|(?:access|auth|refresh|id|session|bearer)[_-]?token|credentials?|x-[a-z-]{0,40}token"
)
_SENSITIVE_NAME = re.compile(rf"(?:[a-z0-9]+[_.-])*(?:{_NAMES}|token|authorization|cookie)", re.IGNORECASE)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), HIDDEN),
    # user:password@ and token@ before a host; up to the last @, whatever a password holds
    (re.compile(r"(?<=[a-z0-9]://)[^/?#\s]*@", re.IGNORECASE), f"{HIDDEN}@"),
    # addresses that are a secret themselves: whoever has one may post
    (re.compile(r"(https://hooks\.slack\.com/)[^\s\"'<>)]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"(https://[a-z0-9.-]*webhook\.office\.com/)[^\s\"'<>)]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"(https://discord(?:app)?\.com/api/webhooks/)[^\s\"'<>)]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (
        re.compile(
            rf"([?&;](?:[a-z0-9]+[_.-])*(?:{_NAMES}|token|key|sig|signature|auth|code|x-amz-[a-z-]+)=)[^&#;\s\"'<>)]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\b((?:proxy-)?authorization|(?:set-)?cookie)(\"?'?\s*[:=]\s*)[^\r\n\"']+", re.IGNORECASE),
     rf"\1\2{HIDDEN}"),
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # DB_PASSWORD=…, PGPASSWORD=…, dbPassword: …; what stands behind a quote at once belongs to it: one of
    # them may have been cut off
    (
        re.compile(
            rf"((?:{_NAMES})[\"']?\s*(?:=>|[:=])\s*)"
            r"(?:\"(?:[^\"\\]|\\.?)*+\"?|'(?:[^'\\]|\\.?)*+'?|(?=[^\s,;&\"'})\]]))[^\s,;&\"'})\]]*",
            re.IGNORECASE | re.DOTALL,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(--?(?:password|passwd|token|secret|api-key)[ =])\S+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"((?:\s-u|--user)[ =]\s*[\"']?[^\s:\"']{1,100}:)[^\s\"']+"), rf"\1{HIDDEN}"),
    (re.compile(r"(\bmysql[a-z]{0,9} [^\n|;]{0,200}?-p|\bsshpass -p ?)\S+"), rf"\1{HIDDEN}"),
    # people write "the password is hunter22"; "the password is wrong" tells none
    (
        re.compile(r"(\b(?:password|passwd|passphrase|api key|token) is )(?=\S*\d)(?=\S*[a-z])\S{8,}", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    # "time to first token: 0.4 s" is a measurement; a token has at least eight characters, no space, and is no fraction
    (
        re.compile(
            r"(token[\"']?\s*[:=]\s*[\"']?)(?!\d*\.\d+(?:e-?\d+)?(?![a-z0-9._~+/=-]))[a-z0-9._~+/=-]{8,}",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # tokens that tell by their form what they are
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"), HIDDEN),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|xapp-|sk-|[prs]k_(?:live|test)_|hvs\.|"
                r"dop_v1_|npm_|pypi-|AIza|ya29\.|SG\.|glsa_|lin_api_)[A-Za-z0-9._-]{8,}"), HIDDEN),
    (re.compile(r"\b(?:hf_[A-Za-z0-9]{20,}|dapi[0-9a-f]{32})"), HIDDEN),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), HIDDEN),
)  # fmt: skip

Told = TypeVar("Told")


def redacted(text: str) -> str:
    """Return a text in which everything that looks like a secret is `***`."""
    for pattern, hidden in _RULES:
        text = pattern.sub(hidden, text)
    return text


def everything_redacted(value: Told) -> Told:
    """Return a value with every text inside it redacted, however deep: of structs, mappings and sequences.

    What a sensitive name maps to is hidden whole.
    """
    return _each(value, redacted)  # type: ignore[no-any-return]  # of the same type, by construction


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if type(value) is str:  # not of enums, whose words are ours
        return change(value)
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        changed = {name: _each(each, change) for name, each in fields.items()}
        different = {name: each for name, each in changed.items() if each is not fields[name]}
        return msgspec.structs.replace(value, **different) if different else value
    if isinstance(value, Mapping):
        return {
            change(str(key)): HIDDEN if _SENSITIVE_NAME.fullmatch(str(key)) else _each(each, change)
            for key, each in value.items()
        }
    if isinstance(value, tuple | list):
        return type(value)(_each(each, change) for each in value)
    return value
