"""What an unchanged poll costs: ours, the same door as a Django REST framework view, and nginx's static 304."""
