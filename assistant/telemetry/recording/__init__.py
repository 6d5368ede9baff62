"""Recordings of whole sessions, opt-in: what was heard, what every engine said, and what was decided on it."""
