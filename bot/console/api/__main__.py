"""`python -m bot.console.api > docs/openapi.json`: writes the description of the API."""

import json
import sys

from bot.console.api import build_api

sys.stdout.write(json.dumps(build_api().openapi(), indent=1, ensure_ascii=False) + "\n")
