"""Deadlines on a real PostgreSQL: what it hears, what its ticker notices, what it answers."""
