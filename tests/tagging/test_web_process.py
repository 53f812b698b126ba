"""The web process shows what models did, without ever loading them."""

import os
import subprocess
import sys

CODE = """
import django; django.setup()
import sys
import tagging.urls, tagging.tasks
print(*sorted({"torch", "transformers", "timm", "faiss", "sklearn"} & set(sys.modules)))
"""


def test_no_model_library_is_loaded_by_the_web_process():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tagging.settings", "DATABASE_URL": "postgresql://none/none"}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
