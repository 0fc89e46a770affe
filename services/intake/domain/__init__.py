"""What a council may say, and what follows: pure."""
