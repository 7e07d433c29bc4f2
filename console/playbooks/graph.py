"""The ways through the steps of a playbook."""

from console.playbooks.document import Playbook
from console.playbooks.steps import END, targets_of


def reachable_from(playbook: Playbook, target: str) -> frozenset[str]:
    """Return the ids of the steps that can come from a target on, itself among them."""
    found: set[str] = set()
    pending = [target]
    while pending:
        step_id = pending.pop()
        if step_id == END or step_id in found:
            continue
        found.add(step_id)
        pending.extend(goto for _, goto in targets_of(playbook.step(step_id)))
    return frozenset(found)


def cycle_of(playbook: Playbook) -> tuple[str, ...]:
    """Return the ids of steps that go round in a circle, in their order; empty when the steps only go on."""
    targets = {step.id: [goto for _, goto in targets_of(step) if goto != END] for step in playbook.steps}
    finished: set[str] = set()
    for start in targets:
        path: list[str] = []
        pending = [(start, iter(targets[start]))] if start not in finished else []
        if pending:
            path.append(start)
        while pending:
            step_id, following = pending[-1]
            target = next((goto for goto in following if goto not in finished), None)
            if target is None:
                finished.add(step_id)
                pending.pop()
                path.pop()
            elif target in path:
                return tuple(path[path.index(target) :])
            else:
                path.append(target)
                pending.append((target, iter(targets[target])))
    return ()
