"""Long computations as programs of their own: how they are started, followed and stopped, and how they report."""
