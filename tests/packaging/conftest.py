"""A clean checkout, what is built from it, and environments in which no Node is found."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"


def run(command, *, cwd, env, seconds=300):
    """Run a command and show all it printed when it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def path_without_node(tmp_path_factory):
    """A PATH with every program of ours but node and npm."""
    folder = tmp_path_factory.mktemp("bin")
    for directory in map(Path, os.environ["PATH"].split(os.pathsep)):
        for program in directory.iterdir() if directory.is_dir() else ():
            link = folder / program.name
            if program.name not in {"node", "nodejs", "npm", "npx"} and not link.exists():
                link.symlink_to(program)
    assert shutil.which("node", path=str(folder)) is None
    return str(folder)


@pytest.fixture(scope="session")
def without_node(path_without_node):
    """An environment in which nothing finds Node, or this project's own environment."""
    foreign = {"PYTHONPATH", "VIRTUAL_ENV", "NB_REMOTE_SKIP_JS"}
    env = {name: value for name, value in os.environ.items() if name not in foreign}
    return {**env, "PATH": path_without_node}


@pytest.fixture(scope="session")
def uv(without_node):
    """The path of uv where it works, else None."""
    found = shutil.which("uv", path=without_node["PATH"])
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode:
        return None
    return found


@pytest.fixture
def checkout(project_root, tmp_path):
    """A copy of the work tree without what git ignores: no bundle, no node_modules."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = run(listing, cwd=project_root, env=os.environ)
    copy = tmp_path / "checkout"
    for name in filter(None, listed.split("\0")):
        if (project_root / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(project_root / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def distributions(project_root, tmp_path_factory):
    """The wheel and the sdist, as a release builds them: the wheel out of the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, project_root]
    run(command, cwd=folder, env=os.environ)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture
def new_environment(tmp_path, without_node, uv):
    """Make an empty environment; call it to install something, get its Python back."""

    def install(*what):
        python = tmp_path / "env" / "bin" / "python"
        base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
        if uv:
            make = [uv, "venv", "--python", base, tmp_path / "env"]
            add = [uv, "pip", "install", "--python", python, "-c", CONSTRAINTS]
        else:
            make = [base, "-m", "venv", tmp_path / "env"]
            add = [python, "-m", "pip", "install", "-c", CONSTRAINTS]
        run(make, cwd=tmp_path, env=without_node)
        run([*add, *what], cwd=tmp_path, env=without_node)
        return python

    return install


@pytest.fixture
def unpacked_sdist(distributions, tmp_path):
    with tarfile.open(distributions[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.glob("nb_remote-*")
    return folder
