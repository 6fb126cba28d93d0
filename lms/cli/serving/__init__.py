"""Commands that run the site: web workers and the job process."""
