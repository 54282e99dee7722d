"""Charts as pure functions: frames and events in, Plotly figures out."""
