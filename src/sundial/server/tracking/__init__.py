"""Tracking policy: what a company's agents record, as signed, numbered versions."""
