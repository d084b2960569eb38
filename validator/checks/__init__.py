"""One file per kind of check. Record checks see the stream; table checks see SQL tables."""
