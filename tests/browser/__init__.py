"""Tests in a real JupyterLab, driven in a real Chromium."""
