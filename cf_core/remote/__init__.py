"""Files in an object store, reached by URL: written whole, read from local copies."""
