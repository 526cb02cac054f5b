"""Tests: real servers, a real JupyterLab, independent readers as oracles."""
