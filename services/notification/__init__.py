"""What Government is told of each case, in what order, and the proof that it was."""
