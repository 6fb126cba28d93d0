"""Pages for certificate holders, and for coordinators who reissue or withdraw."""
