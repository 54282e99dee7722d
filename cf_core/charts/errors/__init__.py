"""Charts of where a model errs, and how far."""
