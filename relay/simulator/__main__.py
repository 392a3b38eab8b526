"""`python -m relay.simulator`."""

from relay.simulator.cli import main

raise SystemExit(main())
