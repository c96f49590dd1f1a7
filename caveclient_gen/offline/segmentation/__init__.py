"""A segmentation that is edited: supervoxels, chunks, edges, and every state it ever had."""
