"""t-SNE and UMAP of the movies, as programs of their own."""
