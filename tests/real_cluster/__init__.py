"""The contract of the Kubernetes actions, held against a real control plane: `make test-cluster`.

Everything is made in namespaces and on a node of its own, which the tests play themselves: pods are bound to that node,
no image is pulled, no container runs. A bare control plane (etcd, kube-apiserver, kube-controller-manager) is enough.
"""
