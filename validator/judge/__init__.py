"""Pure judging: results to verdicts. Knows nothing of files, checks or engines."""
