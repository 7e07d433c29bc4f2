"""Actions on Models, Servers and Experiments of Seldon Core 2."""
