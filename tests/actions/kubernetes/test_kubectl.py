import shlex

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import Edit, GuardedPatch
from console.actions.kubernetes.kubectl import patch_command


def test_a_patch_is_typed_with_its_preconditions_and_quoted_for_a_shell() -> None:
    address = Address("serving.kserve.io/v1beta1", "inferenceservices", "ml", "fraud", "status")
    patch = GuardedPatch(address, "u-1", (Edit("/spec/a", None, "it's"),))
    words = shlex.split(patch_command("prod eu", patch, "~/kube"))
    assert words[0] == "kubectl"
    assert "~" not in words[2]
    resource = "inferenceservices.serving.kserve.io"
    where = ["--context", "prod eu", "-n", "ml", "patch", resource, "fraud", "--type=json", "--subresource=status"]
    assert words[3:-2] == where
    assert msgspec.json.decode(words[-1]) == patch.request.body


def test_kinds_of_the_core_group_and_without_a_namespace_are_named_as_kubectl_knows_them() -> None:
    patch = GuardedPatch(Address("v1", "nodes", "", "node-a"), "u-1", (Edit("/spec/unschedulable", None, True),))
    assert patch_command("prod", patch).startswith("kubectl --context prod patch nodes node-a --type=json -p ")
