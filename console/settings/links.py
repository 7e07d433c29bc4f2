"""What is wrong with the templates of links, at the place where they stand in the file."""

from collections.abc import Iterator

from console.domain.label import harmless
from console.domain.link import PLACEHOLDERS, BadTemplate, Template
from console.settings.nearest import did_you_mean
from console.settings.yaml_source import YamlNode


def template_mistakes(links: list[YamlNode]) -> Iterator[tuple[int, int, str]]:
    """Yield (line, column, what) for each template that cannot become an address."""
    for number, link in enumerate(links):
        url = link.value.get("url") if isinstance(link.value, dict) else None
        if url is None:
            continue
        try:
            Template(str(url.value))
        except BadTemplate as error:
            expected = f", {did_you_mean(error.unknown, PLACEHOLDERS)}" if error.unknown is not None else ""
            yield url.line, url.column, f"links[{number}].url: {harmless(str(error))}{expected}"
