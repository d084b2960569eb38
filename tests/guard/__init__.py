"""What a record costs in calls and held objects, counted instead of timed, so that CI can hold it."""
