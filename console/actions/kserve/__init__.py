"""Actions on models that KServe serves: what is changed below an InferenceService, its controller undoes."""
