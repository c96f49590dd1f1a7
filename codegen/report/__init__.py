"""What a comparison found, and how it is told: to people, to tools, and to the shell that asked."""
