"""The only room that touches the subject: archives, files, record streams with locations."""
