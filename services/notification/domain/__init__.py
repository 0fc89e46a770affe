"""What Government knows of a case, and what follows from it. Pure."""
