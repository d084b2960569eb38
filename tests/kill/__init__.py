"""The kill table: the live suites against the reference server, its variants, traps and mutants."""
