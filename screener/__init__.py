"""The catalyst screener: which small caps moved on news, why, and what is the catch."""

__version__ = "0.1.0"
__all__ = ["__version__"]
