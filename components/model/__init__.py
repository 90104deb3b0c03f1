"""The domain: images, predictions, class maps, masks and areas. Imports no framework."""
