import os

import streamlit as st

st.image(os.environ["MASK_DESK_BENCH_PICTURE"])
