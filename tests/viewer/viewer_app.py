"""The smallest page around the viewer: the packet is a file named in the address or a field.

What Python was told is written on the page, so that a test can count it. Where there is a file
"<name>.later", its packet is shown in the same run, as soon as there is a file "<name>.go".
"""

import json
import os
import time
from pathlib import Path

import streamlit as st

from components.viewer import viewer

st.set_page_config(layout="wide")
folder = Path(os.environ["MASK_DESK_TEST_PACKETS"])
told = st.session_state.setdefault("told", {"runs": 0, "confidence": [], "colours": []})
told["runs"] += 1
name = st.text_input("Packet", value=st.query_params.get("packet", ""))
if not st.session_state.get("without"):
    show = viewer(
        (folder / f"{name}.bin").read_bytes(),
        key="viewer",
        height=560,
        on_confidence=None if st.session_state.get("deaf") else told["confidence"].append,
        on_colours=told["colours"].append,
    )
    later = folder / f"{name}.later"
    if later.exists():
        while not (folder / f"{name}.go").exists():
            time.sleep(0.02)
        show(later.read_bytes())
st.caption(f"Shown: {name}")
st.markdown("<div style='height: 1200px'></div>", unsafe_allow_html=True)
st.button("Run again")
st.checkbox("Without the viewer", key="without")
st.checkbox("Takes no confidence", key="deaf")
if st.button("Write the address"):
    st.query_params["stranger"] = "a b"
st.text(f"Told: {json.dumps(told)}")
