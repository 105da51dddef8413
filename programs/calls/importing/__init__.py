"""Reading applications from YAML files: tree, form, names, rows; one module each.

`tree` turns bytes into nodes and refuses what is not plain YAML, `form` says
what an application looks like, `names` finds organisations, `rows` writes.
"""
