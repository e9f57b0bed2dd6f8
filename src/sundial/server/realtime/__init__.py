"""Rooms, numbered events, replay: how open pages stay true."""
