"""What grading costs, measured; no test depends on it."""
