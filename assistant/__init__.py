"""Hearthside: a voice-first assistant daemon."""
