"""How a run is shown and steered, wherever."""
