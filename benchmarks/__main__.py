"""Every benchmark, in one table: ``python -m benchmarks [NAME …]``."""

import importlib
import sys
import traceback

from benchmarks.peer import NotHere
from benchmarks.table import Row, show, skipped

_ALL = ("startup", "replies", "due", "idle", "importing", "outbound", "inbound", "simulate")


def _main(names: list[str]) -> int:
    rows: list[Row] = []
    broken = 0
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            rows += importlib.import_module(f"benchmarks.{name}").measure()
        except NotHere as missing:
            skipped(name, str(missing))
        except Exception:  # noqa: BLE001  one that breaks must not cost the others
            broken += 1
            traceback.print_exc()
            skipped(name, "it broke off")
    show(rows)
    return 1 if broken else 0


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(_ALL)
    unknown = sorted(set(chosen) - set(_ALL))
    if unknown:
        sys.exit(f"there is no benchmark {', '.join(unknown)}: choose from {', '.join(_ALL)}")
    sys.exit(_main(chosen))
