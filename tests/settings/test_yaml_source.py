from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.settings.bad_document import BadYaml
from console.settings.yaml_source import LARGEST_BYTES, parse_yaml, read_yaml


def refusal(text: str) -> str:
    with pytest.raises(BadYaml) as caught:
        parse_yaml(text, "c.yaml")
    return str(caught.value)


def test_what_is_common_to_yaml_1_1_and_1_2_is_read() -> None:
    text = "a: 1\nb: [x, 2.5, 1e3, -7, true, null, '1', 15s, 2026-11-22, 1.2.3]\nc: {d: }\n"
    values = ["x", 2.5, 1000.0, -7, True, None, "1", "15s", "2026-11-22", "1.2.3"]
    assert parse_yaml(text, "c.yaml").plain() == {"a": 1, "b": values, "c": {"d": None}}


def test_an_empty_document_has_no_value() -> None:
    assert parse_yaml("# nothing\n", "c.yaml").value is None


def test_values_and_keys_know_where_they_stand() -> None:
    node = parse_yaml("first: 1\nsecond:\n  third: [x, y]\n", "c.yaml")
    assert isinstance(node.value, dict)
    assert node.key_positions["second"] == (2, 1)
    second = node.value["second"]
    assert isinstance(second.value, dict)
    third = second.value["third"]
    assert isinstance(third.value, list)
    assert (third.value[1].line, third.value[1].column) == (3, 14)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3", "c.yaml:3:1: the key 'a' stands a second time; the first is on line 1"),
        ("a: yes", "c.yaml:1:4: yes is a boolean to some YAML parsers; write true or false, or 'yes' as text"),
        ("a: [OFF]", "c.yaml:1:5: OFF is a boolean to some YAML parsers; write true or false, or 'OFF' as text"),
        ("on: 1", "c.yaml:1:1: on is a boolean to some YAML parsers; write true or false, or 'on' as text"),
        ("a: 0755", "c.yaml:1:4: 0755 is a number to some YAML parsers; write it in decimal, or '0755' as text"),
        ("a: 12:30", "c.yaml:1:4: 12:30 is a number to some YAML parsers; write it in decimal, or '12:30' as text"),
        ("a: .nan", "c.yaml:1:4: .nan is a number to some YAML parsers; write it in decimal, or '.nan' as text"),
        ("a: 1e999", "c.yaml:1:4: 1e999 is too large a number"),
        ("a: 12345678901234567", "c.yaml:1:4: 12345678901234567 is too large a number"),
        ("a: !cmd x", "c.yaml:1:4: the tag !cmd is not read; write the value without it"),
        ("a: !!str x", "c.yaml:1:4: the tag tag:yaml.org,2002:str is not read; write the value without it"),
        ("<<: 1", "c.yaml:1:1: merge keys (<<) are not read; write the keys out"),
        ("? [1]\n: 2", "c.yaml:1:3: a key must be text"),
        ("a: *x", "c.yaml:1:4: the alias *x stands before the end of its anchor"),
        ("a: &x [*x]", "c.yaml:1:8: the alias *x stands before the end of its anchor"),
        ("---\na: 1\n---\nb: 1", "c.yaml:3:1: a second document begins; one file holds one document"),
        ("a: b: c", "c.yaml:1:5: not YAML: mapping values are not allowed in this context"),
        ("a: 1\nb: \x07", "c.yaml:2:4: not YAML: control characters are not allowed"),
    ],
)
def test_what_reads_other_than_it_looks_is_refused_with_its_place(text: str, line: str) -> None:
    assert refusal(text) == line


@pytest.mark.parametrize("text", ["- " * 400_000, "[" * 900_000, "{a: " * 5000])
def test_deep_nesting_is_refused_before_it_costs_anything(text: str) -> None:
    assert refusal(text).endswith("nested deeper than 40 levels")


def test_an_alias_is_the_value_of_its_anchor() -> None:
    assert parse_yaml("a: &x [1]\nb: [*x, *x]", "c.yaml").plain() == {"a": [1], "b": [[1], [1]]}


def test_an_alias_bomb_does_not_go_off() -> None:
    levels = ["a0: &a0 [1,2,3,4,5,6,7,8,9]"]
    levels += [f"a{level}: &a{level} [{','.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
    assert "more than 50000 values once its aliases are written out" in refusal("\n".join(levels))


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("a: " + "x" * LARGEST_BYTES)
    with pytest.raises(BadYaml, match=r"the file is larger than 1 MB"):
        read_yaml(path)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(BadYaml, match=r"c\.yaml:2:1: the file is not UTF-8"):
        read_yaml(path, "c.yaml")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    told = "c.yaml: it is read"
    try:
        parse_yaml(text, "c.yaml")
    except BadYaml as error:
        told = str(error)
    assert told.isprintable()
    assert told.startswith("c.yaml:")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_quoted_text_is_always_text(text: str) -> None:
    import yaml

    written = yaml.dump({"a": text}, default_style='"', allow_unicode=False)
    assert parse_yaml(written, "c.yaml").plain() == {"a": text}
