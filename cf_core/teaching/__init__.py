"""What a teacher would say: warnings, diagnoses, guesses, the code of a run."""
