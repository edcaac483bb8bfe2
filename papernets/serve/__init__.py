"""Trained networks as a web service: FastAPI over the code of `predict`, so that answers agree.

Nothing here imports FastAPI, uvicorn or prometheus_client before it is called: they come with
`pip install 'papernets[web]'`.
"""
