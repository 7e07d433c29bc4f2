"""The action that trains a model anew by a run of a pipeline of Kubeflow."""
