"""The agents' hot doors, answered before Django is reached: policy polled and watched, status, employee-config.

Raw ASGI over asyncio. What a request needs is in memory: the database is asked once
for each change, not for each request.
"""
