"""One file a page: widgets, one call into cf_core, one chart."""
