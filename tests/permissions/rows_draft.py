"""Unsaved texts: everybody has their own list, nobody another's."""

ROWS = """
draft_list                  GET   in in  403   ok
draft_list                  POST  in in  403   405
draft_discard               GET   in in  403   405
draft_discard               POST  in in  403   go  404
"""

DUTIES = """
draft_discard               POST  404       404
"""

ARGUMENTS = {"draft_discard": lambda scene: [scene.unsaved.pk]}
