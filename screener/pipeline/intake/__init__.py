"""From collected items to stored, classified stories."""
