"""Parts of the page Tensors."""
