"""Benchmarks: seeded data, peers and ours in alternation, medians, and the page of results. Run by `tox -e bench`."""
