"""Figures against a second, deliberately simple implementation."""
