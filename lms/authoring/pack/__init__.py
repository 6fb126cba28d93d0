"""Workshop packs: a course on paper for somebody who teaches it in a room, as five PDFs in one ZIP file."""
