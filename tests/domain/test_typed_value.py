import pytest

from console.domain.typed_value import Takes

NUMBER = Takes(is_whole=True, least=1, most=9)


@pytest.mark.parametrize(
    ("takes", "text", "why_not"),
    [
        (NUMBER, "9", None),
        (NUMBER, "+3", None),
        (NUMBER, "10", "expected a whole number from 1 to 9; found '10'"),
        (NUMBER, "0", "expected a whole number from 1 to 9; found '0'"),
        (NUMBER, "3.0", "expected a whole number from 1 to 9; found '3.0'"),
        (NUMBER, "٣", "expected a whole number from 1 to 9; found '٣'"),
        (Takes(is_whole=True), "9" * 16, f"expected a whole number from 0; found '{'9' * 16}'"),
        (Takes(choices=("gently", "at-once")), "gently", None),
        (Takes(choices=("gently", "at-once")), "gent", "expected one of gently, at-once; found 'gent'"),
        (Takes(pattern="[a-z]+", longest=5), "abc", None),
        (Takes(pattern="[a-z]+", longest=5), "abc1", "expected a text of at most 5 characters that matches [a-z]+; "),
        (Takes(longest=2), "abc", "expected a text of at most 2 characters; found 'abc'"),
        (Takes(), "anything", None),
    ],
)
def test_a_value_is_taken_or_the_line_says_what_is_expected(takes: Takes, text: str, why_not: str | None) -> None:
    told = takes.why_not(text)
    assert (told is None) == (why_not is None)
    assert (told or "").startswith(why_not or "")


def test_what_was_typed_is_told_harmlessly() -> None:
    told = Takes(choices=("a",)).why_not("\x1b[2J\u202e" + "x" * 5000)
    assert told is not None
    assert told.isprintable()
    assert len(told) <= 400
