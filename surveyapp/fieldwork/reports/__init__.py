"""The daily report, the reminding letter, and who reads them."""
