"""TODO"""

ROWS = []
