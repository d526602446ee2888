"""What Orthanc loads: as its "PythonScript", or by `import wado_plugin` in a site's own script."""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
if _HERE not in sys.path:
    sys.path.insert(0, _HERE)

from wado.front.orthanc_rest import register  # noqa: E402  (the path comes first)

register()
