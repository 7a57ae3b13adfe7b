"""What small caps did after the news, from stored news and stored prices."""
