"""What a sweep tries next, when it gives a trial up, and which trial wins. Nothing here trains or stores anything."""
