"""What words mean: one reader for each kind of thing that news, filings and feeds write down.

``symbols``  a ticker in any spelling to its normal form
"""
