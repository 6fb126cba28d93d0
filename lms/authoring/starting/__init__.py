"""Starting a draft: from nothing, from an example, from a published course, or from a zip file."""
