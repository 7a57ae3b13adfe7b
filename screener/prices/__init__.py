"""Prices: sources, measures and the small-cap universe.

Each source is one module with a ``PLUGIN`` (``screener.registry.discover("screener.prices", PriceSource)``);
``measures`` holds the formulas, ``universe`` says what counts as a small cap on a day.
"""
