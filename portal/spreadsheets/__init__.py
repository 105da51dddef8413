"""Spreadsheets in and out: `read_table` for uploaded files, `write_xlsx` and `write_csv` for exports."""

from portal.spreadsheets.headers import Column
from portal.spreadsheets.problems import Book, CellError, Row, SheetRefused, Table
from portal.spreadsheets.reader import read_book, read_table
from portal.spreadsheets.values import Boolean, Choice, Date, Integer, Number, Text, choices_of
from portal.spreadsheets.writer import DropDown, FormLook, Sheet, write_csv, write_xlsx

__all__ = [
    "Book",
    "Boolean",
    "CellError",
    "Choice",
    "Column",
    "Date",
    "DropDown",
    "FormLook",
    "Integer",
    "Number",
    "Row",
    "Sheet",
    "SheetRefused",
    "Table",
    "Text",
    "choices_of",
    "read_book",
    "read_table",
    "write_csv",
    "write_xlsx",
]
