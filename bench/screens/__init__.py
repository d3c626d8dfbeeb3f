"""Screenshots that no code of the product had a hand in: pages in Chromium, forged by other tools."""
