"""What two pages or more use: the frame around them, the session, cached readers, common widgets, the plot."""
