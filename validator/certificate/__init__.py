"""What a signed result is, how its status is told and how all of it is logged in the open."""
