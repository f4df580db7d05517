"""What all pages of HTML that pgt-dsl writes have in common: their look, their frame, figures, and safe templates.

Pages stand by themselves: no network, no fonts from elsewhere, light and dark, wide and narrow.
"""
