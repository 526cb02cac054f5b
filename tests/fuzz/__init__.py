"""Forged inputs for everything that reads bytes of strangers, in processes with little memory."""
