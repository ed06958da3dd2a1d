"""One bounded visit to a machine with a GPU and no network: packed at home, run there, and what it found brought back."""
