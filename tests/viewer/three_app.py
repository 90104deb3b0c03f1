"""A page with three panes whose picture and masks files give; "next" shows another case."""

import os
import pickle
from pathlib import Path

import streamlit as st

from components.viewer.three import three_panes

st.set_page_config(layout="wide")
folder = Path(os.environ["MASK_DESK_TEST_THREES"])
name = st.text_input("Case", value=st.query_params["case"])
# Written by the test beside it.
image, a, b = pickle.loads((folder / f"{name}.pickle").read_bytes())  # noqa: S301
three_panes(image, a, b, key="three", note="some changed", height=520)
st.text(f"Shown: {name}")
