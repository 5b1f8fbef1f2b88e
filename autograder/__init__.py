"""The autograder of *Linear algebra for machine learning*."""
