"""``python -m provisioning`` is ``satark`` where the package is not installed."""

from provisioning.cli import main

main()
