"""What words mean: one reader for each kind of thing that news, filings and feeds write down.

``currencies`` which currency a sign or a plain "$" stands for
``dates``      days in prose
``moments``    when a feed says that something was published, and ``zones``, its time zones
``money``      amounts with their currency, ranges and limits
``numbers``    numbers in digits and words
``ratios``     split ratios however they are written
``symbols``    a ticker in any spelling to its normal form
``wording``    the phrases of catalyst files, compiled
"""
