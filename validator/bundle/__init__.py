"""Evidence bundles: all that a report rests on, content-addressed, so that anybody can run the examination again."""
