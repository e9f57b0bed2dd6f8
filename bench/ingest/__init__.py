"""Facts kept before they are acknowledged: ours, the same door in Django REST framework, and PostgreSQL's COPY."""
