"""The wire to the server: doors (one request each) and the loops that go through them."""
