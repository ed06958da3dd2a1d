"""Make pages from the record of an audit. Imports only the record room of the project."""
