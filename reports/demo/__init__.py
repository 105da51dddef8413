"""`manage.py demo`: the sample year with its reports rendered, on one machine, ready to sign in."""
