"""The parts of the page that tells a diagnosis: figures, sections, pictures and the frame."""
