"""The outline of a draft and its history: parts and pictures are added, renamed, moved and removed, and undone."""
