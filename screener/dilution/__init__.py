"""What can be sold, at what price, by whom: documents read into entries, entries folded into a company's ledger.

``records``  what one document says (``Entry``) and what is open at a moment (``Line``, ``Ledger``)
``read``     a filing or a release to its entries
``fold``     entries to the ledger as of a moment
"""
