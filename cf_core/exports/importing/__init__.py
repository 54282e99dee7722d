"""An exported run, taken into a store: nothing of it is executed, and nothing is believed that can be checked."""
