"""How the site is made: of the pages in docs/, of the networks, and of the code."""
