"""What an employer sees of a programme, or of their own unit: who has a valid certificate and until when."""
