"""Liên thông: validator of smart-city data standards and conformance test harness."""

__version__ = "0.1.0"
