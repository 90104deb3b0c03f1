import streamlit as st

st.session_state.setdefault("count", 0)


def count() -> None:
    st.session_state["count"] += 1


st.button("Next", on_click=count, shortcut="a")
st.html(f'<p id="count">{st.session_state["count"]}</p>')
