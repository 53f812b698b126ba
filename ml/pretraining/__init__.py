"""Learning from what nobody has labelled: networks that the stack's extractors load by the path of their folder.

Each one is trained by `manage.py pretrain` on the imported videos, or by `python -m ml pretrain` on files.
"""
