"""The dilution ledger of companies: filings fetched and read, and what stands at a moment."""
