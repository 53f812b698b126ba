"""What programs send about people's work, and what they are answered."""
