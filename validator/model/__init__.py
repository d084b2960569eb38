"""Frozen central values; both wings (examining and judging) meet here."""
