"""Collect, resolve, classify, price, rank, save: the only package that knows every stage."""
