"""Live systems: HTTP with evidence, and the pytest plugin that the suites run on."""
