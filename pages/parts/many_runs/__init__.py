"""Parts of the page Many runs."""
