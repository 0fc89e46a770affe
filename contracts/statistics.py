"""What statistics says. Nothing yet: reports come later; this service hears everything and keeps it."""
