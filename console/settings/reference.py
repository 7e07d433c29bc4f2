"""What a person types to name a reference: a data set, or a window of the past."""

from console.domain.moments import BadMoment, parse_duration, parse_instant
from console.settings.predictions import ReferenceSettings, StoreAddress

_EXPECTED = "expected a URL, a duration such as 7d, or START/END such as 2026-11-01T00:00:00Z/2026-11-08T00:00:00Z"


def parse_reference(text: str, *, end: float, window: float) -> ReferenceSettings:
    """Return the reference that a text means for a window of so many seconds that ends at `end` (UTC seconds).

    A URL or URL#TABLE is a data set; a duration is so much of the past, right before the window; START/END are two
    instants.

    Raises:
        BadMoment: the text is none of these, or ends after the window does; the message holds no secret.
    """
    if "://" in text:
        try:
            return ReferenceSettings(data=StoreAddress.from_text(text))
        except ValueError as error:
            raise BadMoment(str(error)) from None
    first, separator, last = text.partition("/")
    try:
        if separator:
            start, until = parse_instant(first, end), parse_instant(last, end)
        else:
            start, until = end - window - parse_duration(text), end - window
    except BadMoment:
        raise BadMoment(f"{text!r} is no reference; {_EXPECTED}") from None
    if until > end:
        raise BadMoment(f"{text!r} ends after the window that is measured against it")
    if until <= start:
        raise BadMoment(f"{text!r} is no reference, it has no length; {_EXPECTED}")
    return ReferenceSettings(window=until - start, ends_before=end - until)
