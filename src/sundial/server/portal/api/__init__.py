"""The public JSON API, `/api/v1/…`: the same actions as the pages."""
