"""How well a model ranks: the protocol, the metrics, and what to compare a run with."""
