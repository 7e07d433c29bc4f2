import shlex

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import Edit, GuardedPatch
from console.actions.kubernetes.kubectl import patch_command
from console.domain.model import Target

TARGET = Target("prod eu", "ml", "Deployment", "fraud-predictor", "u-0")


def test_a_patch_is_typed_with_its_preconditions_and_quoted_for_a_shell() -> None:
    address = Address("serving.kserve.io/v1beta1", "inferenceservices", "ml", "fraud", "status")
    patch = GuardedPatch(address, "u-1", (Edit("/spec/a", None, "it's"),))
    words = shlex.split(patch_command(TARGET, "~/kube", patch))
    assert (words[0], words[1]) == ("kubectl", "--kubeconfig")
    assert "~" not in words[2]
    resource = "inferenceservices.serving.kserve.io/fraud"
    assert words[3:-2] == ["--context", "prod eu", "-n", "ml", "patch", resource, "--type=json"]
    assert msgspec.json.decode(words[-2].removeprefix("--patch=")) == patch.request.body
    assert words[-1] == "--subresource=status"


def test_kinds_of_the_core_group_and_without_a_namespace_are_named_as_kubectl_knows_them() -> None:
    patch = GuardedPatch(Address("v1", "nodes", "", "node-a"), "u-1", (Edit("/spec/unschedulable", None, True),))
    command = patch_command(TARGET, None, patch)
    assert command.startswith("kubectl --context 'prod eu' patch nodes/node-a --type=json '--patch=[")
