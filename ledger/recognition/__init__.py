"""Recognition: a step becomes an entry. The one place that knows which account is debited."""
