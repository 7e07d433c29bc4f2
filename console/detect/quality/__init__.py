"""Quality by late labels and its estimate before they come: pure functions of what the store added up."""
