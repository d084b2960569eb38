"""How a run is carried out: units of work, scanning in processes, tables in DuckDB."""
