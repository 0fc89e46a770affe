"""The inspectorate's own steps on a case, and what waits for them."""
