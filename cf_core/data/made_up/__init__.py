"""Made-up ratings whose truth is known: what to plant, how ratings are drawn, and the files they are in."""
