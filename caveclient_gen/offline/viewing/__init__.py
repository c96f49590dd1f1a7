"""Tables as viewers show them: layers of annotations, and properties of segments."""
