"""The user interface: form fields, error wording, dates and numbers as officials write them."""
