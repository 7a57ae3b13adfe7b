"""A small real HTTP server that stands in for EDGAR and the wires: recorded pages, rendered releases, faults."""
