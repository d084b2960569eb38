"""Runs an examination again from its evidence bundle, offline, and says where the outcome is another one."""
