"""The engine of CF Lab: data, models, training, interpretation, runs and charts. Nothing in here knows of Streamlit."""
