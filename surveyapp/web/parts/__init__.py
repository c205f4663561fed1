"""Parts of pages that several audiences share: tables, charts, words."""
