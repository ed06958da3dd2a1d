"""A static site of all audits in a folder: relative links, no server, no script, nothing from outside."""
