"""An app that exists only in processes started by tests: it registers kinds of jobs that misbehave."""
