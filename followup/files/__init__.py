"""Files that staff bring and take away: CSV and Excel, read and written as rows."""
