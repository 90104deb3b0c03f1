"""A very small app without anything of the desk's, for `tests.browser.test_streamlit_restart`."""
