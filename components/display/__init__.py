"""What a person sees of a prediction: the viewer's packet, the area table, the chart."""
