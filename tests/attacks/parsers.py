"""Everything that reads what others wrote, by name."""

from tests.attacks import data_parsers, import_parsers, records, text_parsers

PARSERS = {**text_parsers.PARSERS, **import_parsers.PARSERS, **data_parsers.PARSERS, "records": records.drawn}
