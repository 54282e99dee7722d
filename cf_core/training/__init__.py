"""From ratings to weights: configuration, recipes, schedules, the one fit loop, its events and their history."""
