"""Which rows of the list become alerts, and why not."""
