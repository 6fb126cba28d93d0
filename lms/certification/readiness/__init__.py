"""Ready to practise: observed practice and the certificate that rests on it."""
