"""What the language says and this version does not do yet: refused, so that nobody relies on it."""

from collections.abc import Iterator

from console.playbooks.document import Playbook
from console.playbooks.parameters import parameter_value
from console.playbooks.problem import Finding


def about_what_is_ahead(playbook: Playbook) -> Iterator[Finding]:
    """Yield a finding for each promise of a playbook that no run keeps."""
    for name, parameter in playbook.params.items():
        if parameter.default is None and parameter_value(playbook, name, {}).value is None:
            yield Finding(("params", name), "nobody is asked for values by this version; give a default", is_key=True)
