"""What differs between two specs: what breaks, for whom, and which answers silently change."""
