"""The certificate: a signed, dated, revocable credential about a finished report, verified without network."""
