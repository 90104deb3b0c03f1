"""A sheet of tiles that a file describes; what was picked is written on the page."""

import base64
import json
import os
from pathlib import Path

import streamlit as st

from components.viewer.contact_sheet import SheetTile, contact_sheet

st.set_page_config(layout="wide")
folder = Path(os.environ["MASK_DESK_TEST_SHEETS"])
picked = st.session_state.setdefault("picked", [])
tiles = json.loads((folder / f"{st.query_params['case']}.json").read_text())
contact_sheet(
    [SheetTile(**tile | {"thumbnail": base64.b64decode(tile["thumbnail"])}) for tile in tiles],
    chosen=picked[-1] if picked else "",
    key="sheet",
    on_pick=picked.append,
)
st.button("Run again")
st.text(f"Picked: {json.dumps(picked)}")
