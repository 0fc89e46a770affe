"""Owns the clocks: from what a case's services say it works out every duty with a limit, and what became of it."""
