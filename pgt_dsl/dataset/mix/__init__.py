"""Records of the user's woven into a data set: finding them, checking them, choosing some, and the order of all."""
