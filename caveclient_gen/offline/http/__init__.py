"""HTTP: routes from the generated tables, who may ask, how answers and refusals are written."""
