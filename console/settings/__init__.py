"""The configuration: from `config.yaml` and flags to typed, frozen settings; secrets only by reference."""
