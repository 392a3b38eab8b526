"""What only a range node has: the counts of its boxes, and when each was last heard of."""
