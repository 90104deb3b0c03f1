"""The smallest page around the viewer: the packet is a file named in the address or a field."""

import os
from pathlib import Path

import streamlit as st

from components.viewer import viewer

st.set_page_config(layout="wide")
folder = Path(os.environ["MASK_DESK_TEST_PACKETS"])
name = st.text_input("Packet", value=st.query_params.get("packet", ""))
viewer((folder / f"{name}.bin").read_bytes(), key="viewer", height=560)
st.caption(f"Shown: {name}")
st.markdown("<div style='height: 1200px'></div>", unsafe_allow_html=True)
