"""What programs call: figures, releases, reports of delivery."""
