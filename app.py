"""The app that Streamlit runs: the frame around the pages, and the page that the address names."""

from pages.shared import app_frame

app_frame.run()
