"""The box: what the office knows of reports, cases and people, and how it keeps it. Never knows an informant."""
