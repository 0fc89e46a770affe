"""All services together, as a user runs them."""
