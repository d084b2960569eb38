"""`python -m validator` is the command `lienthong`."""

from validator.cli.main import main

raise SystemExit(main())
