"""HTTP: the web worker, security headers, form fields, rate limits, page cache, compression."""
