"""What plugins offer, how they are found, and the table of everything installed."""
