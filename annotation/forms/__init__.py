"""What pages of people's work send, checked."""
