"""The smallest app around the viewer: shows the packet whose name is typed."""

import os
from pathlib import Path

import streamlit as st

from components.viewer import viewer

st.set_page_config(layout="wide")
name = st.text_input("Packet", value=st.query_params.get("packet", ""))
packet = Path(os.environ["MASK_DESK_BENCH_PACKETS"], f"{name}.bin").read_bytes()
viewer(packet, key="viewer", height=560)
