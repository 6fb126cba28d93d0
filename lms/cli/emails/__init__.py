"""`lms mail`: previews of emails, and emails that came back."""
