"""Who the news is about, and which news is one event.

``mentions`` finds exchange-qualified tickers in text, ``tickers`` holds the table of companies, ``resolve`` names the
issuer of an item. ``stories`` joins items to stories by the table in its docstring, pair by pair in ``matching`` on the
``features`` of each; ``merging`` says what a story holds afterwards and ``novelty`` how new it is.
"""
