"""Charts: frames and events in, Plotly figures out. Nothing in here draws, reads files or knows of pages."""
