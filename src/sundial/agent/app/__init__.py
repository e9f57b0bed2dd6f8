"""Where the agent's parts meet: one running agent (`agent`), and the desktop program around it (`desktop`)."""

from sundial.agent.app.agent import Agent, Facts, Observer, Person, Surroundings, SystemClock

__all__ = ["Agent", "Facts", "Observer", "Person", "Surroundings", "SystemClock"]
