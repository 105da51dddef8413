"""From frozen data to what the templates of a report show: tables, figures, sentences."""
