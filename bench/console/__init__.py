"""How long it takes until every window on the console is told of an act."""
