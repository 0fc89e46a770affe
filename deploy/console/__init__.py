"""Clients of the public APIs: the register import, the demo, tokens. They speak HTTP like anyone outside."""
