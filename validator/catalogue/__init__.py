"""Loads and lints what is demanded: standards, code lists, schemas."""
