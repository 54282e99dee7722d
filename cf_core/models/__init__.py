"""The lesson's models, their gradients, and how they are built."""
