"""The arithmetic of the figures, pure."""
