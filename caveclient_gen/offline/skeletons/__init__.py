"""Skeletons of cells: trees through their level-2 nodes, made when they are asked for and kept."""
