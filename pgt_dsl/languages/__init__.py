"""Languages beside English: what words look like in them, and how a picture's values are said and read in them."""
