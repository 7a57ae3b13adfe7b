"""The state of the market for small caps: measures from stored prices, a label and card from ``rules/regime/``."""
