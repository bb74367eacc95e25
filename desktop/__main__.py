"""`python -m desktop` is `jackfield`."""

import sys

# connectors.worker.sandbox.BUNDLED; spelled out, because nothing may be imported before this is known.
if sys.argv[1:] == ["--run-shut-in"]:
    from connectors.worker.child import main as run_shut_in

    run_shut_in()
else:
    from desktop.cli.main import main

    sys.exit(main())
