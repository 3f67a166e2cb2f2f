"""Old Word files, RTF and OpenDocument: converted by LibreOffice, under guard."""
