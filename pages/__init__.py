"""The pages: a script per page reads its widgets, calls cf_core, and shows charts."""
