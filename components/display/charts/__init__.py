"""Charts of a project: a figure, the numbers behind it, and a sentence that says what they are.

Each chart is one function from what the store counted to a `Chart`; plotly is imported when the
first one is drawn.
"""

from components.display.charts.chart import Chart, write_csv
from components.display.charts.look import MOVE_COLOURS, OUTLINE, colour_classes, make_plain

__all__ = ["MOVE_COLOURS", "OUTLINE", "Chart", "colour_classes", "make_plain", "write_csv"]
