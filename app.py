"""The entry of the app: page configuration, navigation and the sidebar that all pages share. No logic."""

from pages.shared import app_frame

app_frame.run()
