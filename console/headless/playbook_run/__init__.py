"""`playbook run`: a playbook followed without a terminal."""
