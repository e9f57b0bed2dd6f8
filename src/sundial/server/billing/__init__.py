"""Plans, subscriptions, invoices and limits."""
