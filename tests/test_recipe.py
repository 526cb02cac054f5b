"""A dataset as Python text: run again it gives the same datasource, and it holds no secret."""

import getpass
import json
import pathlib

import pytest

import nb_remote
from nb_remote.errors import NbRemoteError
from tests.volumes.documents import documents, files, with_labels

TOKEN = "tok-8d1f3c5e7a9b"
PASSWORD = "pass-4b6d8f0a2c"


@pytest.fixture
def image():
    return with_labels(
        documents("czyx", shapes=[(2, 8, 16, 16)], name="em"), cells=documents("zyx"), gone=None
    )


@pytest.fixture
def run_again(monkeypatch):
    """Run a dataset's text; `answers` are what a person types at its questions."""

    def run(dataset, *answers):
        asked = []

        def ask(prompt):
            asked.append(prompt)
            return answers[len(asked) - 1]

        monkeypatch.setattr(getpass, "getpass", ask)
        names = {}
        exec(dataset.python(), names)
        assert names["ds"].datasource.json() == dataset.datasource.json()
        assert list(names["ds"]) == list(dataset)
        assert [one.name for one in names["ds"].broken] == [one.name for one in dataset.broken]
        return asked

    return run


def test_what_was_opened_is_opened(serve, image, run_again):
    server = serve(files(image))
    dataset = nb_remote.open(server.url_of("image.zarr"))
    assert dataset.python() == (
        f"import nb_remote as nbr\n\nds = nbr.open('{server.url}/image.zarr')\n"
    )
    assert run_again(dataset) == []


def test_every_change_is_made_again_in_its_order(serve, image, run_again):
    server = serve(files(image) | files(documents("zyx"), "other"))
    first = nb_remote.open(server.url_of("image.zarr"), server.url_of("other"), timeout=3)
    dataset = (
        first.without("labels-gone")
        .corrected("em", voxel_size_xyz=[4, 4, 40], unit="nm", colors={1: (9, 8, 7)})
        .corrected("labels-cells", name="cells", largest_segment_id=77)
        .ordered("cells")
        .named("mouse")
    )
    text = dataset.python()
    assert text.splitlines()[2:] == [
        "ds = (",
        f"    nbr.open('{server.url}/image.zarr', '{server.url}/other', timeout=3)",
        "    .without('labels-gone')",
        "    .corrected('em', voxel_size_xyz=(4, 4, 40), unit='nanometer', colors={1: (9, 8, 7)})",
        "    .corrected('labels-cells', name='cells', largest_segment_id=77)",
        "    .ordered('cells')",
        "    .named('mouse')",
        ")",
    ]
    assert run_again(dataset) == []


def test_what_was_opened_apart_is_joined(serve, image, run_again):
    server = serve(files(image) | files(documents("zyx"), "other"))
    other = nb_remote.open(server.url_of("other")).corrected("other", unit="mm")
    dataset = nb_remote.open(server.url_of("image.zarr")).joined(other, other["other"])
    assert ".joined(nbr.open(" in dataset.python()
    assert run_again(dataset) == []
    picked = dataset.joined(dataset["labels-cells"]).corrected("labels-cells_2", name="copy")
    assert run_again(picked) == []


def test_a_folder_of_this_machine(tmp_path, image, run_again):
    for key, body in files(image).items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(body)
    dataset = nb_remote.open(pathlib.Path(tmp_path, "image.zarr"))
    assert f"pathlib.Path('{tmp_path}/image.zarr')" in dataset.python()
    assert run_again(dataset) == []


@pytest.mark.parametrize(
    ("credentials", "written", "answers"),
    [
        (
            nb_remote.BearerToken(TOKEN),
            "nbr.BearerToken(getpass.getpass('token for {url}: '))",
            [TOKEN],
        ),
        (
            nb_remote.BasicAuth("anna", PASSWORD, allow_plain_http=True),
            "nbr.BasicAuth(getpass.getpass('user name for {url}: '), "
            "getpass.getpass('password for {url}: '), allow_plain_http=True)",
            ["anna", PASSWORD],
        ),
        (
            nb_remote.HttpHeaders({"X-Lab": TOKEN}),
            "nbr.HttpHeaders({{'X-Lab': getpass.getpass('X-Lab for {url}: ')}})",
            [TOKEN],
        ),
        (nb_remote.ProvidedCredentials("lab"), "nbr.ProvidedCredentials('lab')", []),
    ],
)
def test_secrets_are_asked_for_and_never_written(
    serve, image, run_again, credentials, written, answers
):
    server = serve(files(image))
    nb_remote.register_credentials("lab", lambda: nb_remote.BearerToken(TOKEN))
    url = server.url_of("image.zarr")
    dataset = nb_remote.open(url, credentials=credentials)
    text = dataset.python()
    assert f"nbr.open({url!r}, credentials={written.format(url=url)})" in text
    assert TOKEN not in text
    assert PASSWORD not in text
    assert len(run_again(dataset, *answers)) == len(answers)


def test_credentials_of_one_of_two_addresses(serve, image, run_again):
    server = serve(files(image) | files(documents("zyx"), "other"))
    urls = [server.url_of("image.zarr"), server.url_of("other")]
    dataset = nb_remote.open(*urls, credentials={urls[1]: nb_remote.BearerToken(TOKEN)})
    assert "credentials=[None, nbr.BearerToken(getpass.getpass(" in dataset.python()
    assert run_again(dataset, TOKEN) == [f"token for {urls[1]}: "]


def test_a_query_and_a_user_name_in_the_address_are_asked_for_and_said(serve, image, run_again):
    server = serve(files(image))
    host = server.url.removeprefix("http://")
    dataset = nb_remote.open(
        f"{server.url}/image.zarr?sig={TOKEN}", f"http://anna:{PASSWORD}@{host}/image.zarr"
    )
    text = dataset.python()
    assert TOKEN not in text
    assert PASSWORD not in text
    assert f"# the query of {server.url}/image.zarr may be a token, so it is asked for" in text
    assert f"# the user name and password of {server.url}/image.zarr are asked for" in text
    asked = run_again(dataset, f"sig={TOKEN}", "anna", PASSWORD)
    assert asked[0] == f"query of {server.url}/image.zarr: "
    assert any(f"sig={TOKEN}" in one.query for one in server.requests)


@pytest.mark.parametrize(
    ("credentials", "written"),
    [
        (
            nb_remote.S3Credentials(profile="lab", requester_pays=True),
            "nbr.S3Credentials(profile='lab', requester_pays=True)",
        ),
        (
            nb_remote.S3Credentials.default(endpoint="http://localhost:1", region="eu-west-1"),
            "nbr.S3Credentials.default(endpoint='http://localhost:1', region='eu-west-1')",
        ),
        (
            nb_remote.S3Credentials(key="AKIA5566778899", secret=PASSWORD),
            "nbr.S3Credentials(key=getpass.getpass('access key id for s3://b/x: '), "
            "secret=getpass.getpass('secret key for s3://b/x: '))",
        ),
        (
            nb_remote.GcsCredentials(token=TOKEN, requester_pays="my-project"),
            "nbr.GcsCredentials(token=getpass.getpass('access token for gs://b/x: '), "
            "requester_pays='my-project')",
        ),
        (nb_remote.GcsCredentials.default(), "nbr.GcsCredentials.default()"),
    ],
)
def test_credentials_of_buckets_say_what_is_no_secret(credentials, written):
    from nb_remote.location.parse import parse_address
    from nb_remote.recipe import opened

    scheme = next(iter(credentials.schemes))
    place = f"{scheme}://b/x"
    recipe = opened([place], [(parse_address(place).location, credentials)], credentials)
    assert recipe.text == f"nbr.open({place!r}, credentials={written})"


def test_a_link_and_a_document_are_written_where_they_hold_no_secret(serve, image, run_again):
    server = serve(files(image))
    state = {"layers": [{"name": "a", "source": f"zarr://{server.url}/image.zarr"}]}
    try:
        dataset = nb_remote.open(state, trusted_hosts=[server.url.removeprefix("http://")])
    except NbRemoteError as error:
        pytest.fail(str(error))
    assert json.dumps(state) in dataset.python()
    assert run_again(dataset) == []


def test_a_document_with_a_secret_is_asked_for():
    from nb_remote.recipe import opened

    state = {"layers": [{"source": f"zarr://https://h/x?token={TOKEN}"}]}
    recipe = opened([state], [(None, None)], None)
    assert recipe.text == "nbr.open(getpass.getpass('the link or document: '))"
    assert recipe.notes


def test_a_dataset_of_parts_says_that_it_is_not_known(serve, image):
    server = serve(files(image))
    (layer, *_) = nb_remote.open(server.url_of("image.zarr")).layers
    parts = nb_remote.Dataset(((layer.inferred, layer.source),))
    with pytest.raises(ValueError, match="how this dataset was made is not known"):
        parts.python()
