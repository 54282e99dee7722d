"""The lesson's small PyTorch cells, run on numbers of the user's own, in a process of their own where wanted."""
