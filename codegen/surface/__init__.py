"""The Python surface: what scripts see of two generations of the package, compared as they stand."""
