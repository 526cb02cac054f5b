"""Schemes of services and stores that are not read from: why, and what may be read instead."""

SERVICES = {
    "graphene": "a graph server (graphene) makes its segments on request",
    "nggraph": "a graph server (nggraph) makes its segments on request",
    "brainmaps": "BrainMaps, a service of Google's, is not supported",
    "boss": "bossDB's service is not supported",
    "bossdb": "bossDB's service is not supported",
    "dvid": "DVID, a service, is not supported",
    "clio": "Clio, a service, is not supported",
    "catmaid": "CATMAID, a service, is not supported",
    "render": "the render web service is not supported",
    "python": "the data are in the Python process that made the link",
    "local": "this is part of the viewer itself, not an address of data",
    "nifti": "NIfTI files are not supported",
    "tiff": "TIFF files are not supported",
    "deepzoom": "Deep Zoom pictures are not supported",
    "obj": "meshes are not shown",
    "vtk": "meshes are not shown",
    "swc": "skeletons are not shown",
    "csv": "annotations are not shown",
    "ngauth": "this is no address of data",
}
"""Scheme → what it is."""

_BOSS = (
    "Public data of BossDB lie in the bucket s3://bossdb-open-data as well: the page of the "
    "project names the folder."
)
_AZURE = (
    "A container of Azure's that everybody may read, or an address with a SAS token, opens as "
    "https://ACCOUNT.blob.core.windows.net/CONTAINER/…"
)
_SSH = "Mount the folder, for example with sshfs, and pass pathlib.Path of it."
_LIKE_S3 = "A server that speaks the protocol of S3 opens as s3+https://HOST/BUCKET/…"
_MEMORY = "Write what is in memory to a folder, and pass pathlib.Path of it."

STORES = {
    "graphene": (
        "Paste the address of a version that is written out, such as "
        "precomputed://gs://BUCKET/FOLDER, if there is one."
    ),
    "boss": _BOSS,
    "bossdb": _BOSS,
    "local": "Paste the address of a layer's own data (Source tab of the layer).",
    "ftp": "Such a server often has the same files at https://{rest}",
    "ftps": "Such a server often has the same files at https://{rest}",
    **dict.fromkeys(("sftp", "scp", "ssh"), _SSH),
    **dict.fromkeys(
        ("smb", "cifs", "nfs", "afp"),
        "Mount the share, and pass pathlib.Path of the folder in it.",
    ),
    **dict.fromkeys(("az", "abfs", "abfss", "adl", "wasb", "wasbs"), _AZURE),
    **dict.fromkeys(("minio", "r2", "oci", "oss", "cos", "obs", "b2", "ceph", "swift"), _LIKE_S3),
    "hf": (
        "Files of Hugging Face have addresses like "
        "https://huggingface.co/datasets/OWNER/NAME/resolve/main/…"
    ),
    "matrix": "Did you mean {before}s3+https://s3-hpcrc.rc.princeton.edu/{rest} instead?",
    "tigerdata": "Did you mean {before}s3+https://td.princeton.edu/{rest} instead?",
    **dict.fromkeys(("memory", "mem"), _MEMORY),
}
"""Scheme → what to write instead; ``{rest}`` is what stands behind the scheme, and
``{before}`` the name of a format before it."""
