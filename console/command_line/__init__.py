"""Every command in one table, from which the parser, the help, shell completion and the man page are made."""
