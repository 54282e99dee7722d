"""What several pages use: the frame around them, the browser's own workspace, cached loaders, widgets, the plot."""
