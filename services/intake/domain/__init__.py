"""What a council may say of a case, and what follows from it."""
