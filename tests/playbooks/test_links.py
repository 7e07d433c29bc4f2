"""Links of a playbook: a model's name becomes part of a query, never of the host, and never anything else."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.label import harmless
from console.domain.link import Link
from console.playbooks.document import Playbook
from console.playbooks.links import links_of
from console.playbooks.load import load_text
from tests.playbooks.examples import WHOLE


def loaded(link: str) -> tuple[Playbook | None, list[str]]:
    text = WHOLE.replace("match:\n", f"  links: [{link}]\nmatch:\n", 1)
    found = load_text(text, "p.yaml")
    return found.playbook, [str(problem) for problem in found.problems]


LINKED = loaded('{title: "{{ model.name }}", url: "https://grafana.example/d/1?var-model={{ model.name }}&to=now"}')[0]


def test_a_link_is_filled_for_the_model() -> None:
    assert LINKED is not None
    assert links_of(LINKED, {"model.name": "fr&ud x", "model.id": "i"}) == (
        Link("fr&ud x", "https://grafana.example/d/1?var-model=fr%26ud%20x&to=now"),
    )


@given(st.text(max_size=30))
def test_no_name_changes_where_a_link_leads(name: str) -> None:
    assert LINKED is not None
    for link in links_of(LINKED, {"model.name": name, "model.id": "i"}):
        parts = urlsplit(link.url)
        assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "grafana.example", "/d/1", "")
        assert parse_qs(parts.query)["to"] == ["now"]
        assert link.title == harmless(link.title)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            "{title: t, url: 'https://a/{{ model.nam }}'}",
            "9:27: unknown name 'model.nam'; expected one of model.id",
        ),
        (
            "{title: t, url: 'https://a/{{ model.kubectl }}'}",
            "unknown name 'model.kubectl'; expected one of mo",
        ),
        ("{title: t, url: 'https://a/{{ p99 }}'}", "metadata.links[0].url: expected an http:// or https:// address"),
        (
            "{title: t, url: 'https://{{ model.name }}.example/'}",
            "9:27: a value of the model may not stand in the host",
        ),
        (
            "{title: t, url: 'https://a/{x}'}",
            "metadata.links[0].url: expected an http:// or https:// address",
        ),
        ("{title: t, url: 'javascript:alert(1)'}", "metadata.links[0].url: expected an http:// or https:// address"),
    ],
)
def test_a_link_that_cannot_be_is_told(link: str, expected: str) -> None:
    _, found = loaded(link)
    assert len(found) == 1
    assert expected in found[0]
