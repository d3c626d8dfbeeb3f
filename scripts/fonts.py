"""Build sigh_batch/render/fonts/ from fonts.toml: the bundled faces, their catalogue and their licences.

Run on Debian 12 with apt, dpkg, npm and the fonttools of the catalogue's `tools` entry:

    python scripts/fonts.py

Every face comes out of a Debian package or, pinned in the table, an npm package. Faces are cut
down to the characters that chats need, except those with a Reserved Font Name, which stay as they
are. Instructions for hinting are kept. Equal packages and equal tools give equal bytes; the script
says which faces differ from the catalogue there was before.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fontTools
import uharfbuzz
from fontTools import subset
from fontTools.ttLib import TTFont

TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
TARGET = Path(__file__).parent.parent / "sigh_batch" / "render" / "fonts"
LIMIT = 15_600_000


@dataclass(frozen=True)
class Source:
    """One face: where it comes from, what it becomes, and which characters it keeps (None: unmodified)."""

    package: str
    path: str
    family: str
    weight: int
    style: str
    split: str | None
    licence: str
    keep: str | None
    index: int

    @property
    def file(self) -> str:
        """The face's file name in the catalogue's folder."""
        return f"{self.family.replace(' ', '')}-{self.weight}{Path(self.path).suffix.replace('.ttc', '.otf')}"


def read_sources(table: dict[str, Any]) -> list[Source]:
    """Return a source for every weight of every family in the table."""
    return [
        Source(
            entry["package"],
            path,
            entry["name"],
            int(weight),
            entry["style"],
            entry.get("split"),
            entry["licence"],
            entry.get("keep"),
            entry.get("index", 0),
        )
        for entry in table["family"]
        for weight, path in entry["weights"].items()
    ]


OFL, APACHE, VERA = "OFL-1.1", "Apache-2.0", "Bitstream-Vera"
TEXT = (
    (0x20, 0x24F), (0x2B0, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1EFF),
    (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x218F), (0x2190, 0x2193),
    (0x2200, 0x2265), (0x25A0, 0x25FF), (0x25CC, 0x25CC), (0xFB00, 0xFB06), (0xFFFD, 0xFFFD),
)  # fmt: skip
LATIN = (
    (0x20, 0x24F), (0x2B0, 0x2FF), (0x300, 0x36F), (0x1E00, 0x1EFF), (0x2000, 0x20CF), (0x2100, 0x218F),
    (0x2190, 0x2193), (0x2212, 0x2265), (0x25CF, 0x25CF), (0xFB00, 0xFB06), (0xFFFD, 0xFFFD),
)  # fmt: skip
HEBREW = (*LATIN, (0x591, 0x5F4), (0xFB1D, 0xFB4F))
DEVANAGARI = (*LATIN, (0x900, 0x97F), (0xA8E0, 0xA8FF))
SYMBOLS = (*TEXT, (0x2190, 0x22FF), (0x2300, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x27BF), (0x2B00, 0x2B5F))
ARABIC = ((0x20, 0x7E), (0x600, 0x6FF), (0x750, 0x77F), (0x2000, 0x206F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF))


def characters(keep: str) -> set[int]:
    """Return the code points that a face keeps."""
    if keep == "cjk":
        return cjk()
    ranges = {
        "latin": LATIN, "hebrew": HEBREW, "devanagari": DEVANAGARI,
        "text": TEXT, "symbols": SYMBOLS, "arabic": ARABIC,
    }[keep]  # fmt: skip
    return {code for first, last in ranges for code in range(first, last + 1)}


def cjk() -> set[int]:
    """Return kana, CJK punctuation, and the first levels of the four national sets.

    These are the sets' own answers to which characters are most needed: 3,755 of GB 2312, 2,965
    of JIS X 0208, 5,401 of Big5, and the 2,350 syllables of KS X 1001.
    """
    found = {*range(0x3000, 0x3100), *range(0x3131, 0x318F), *range(0xFF01, 0xFFEF)}
    found |= plane("gb2312", range(0xB0, 0xD8)) | plane("euc_jp", range(0xB0, 0xD0))
    found |= plane("euc_kr", range(0xB0, 0xC9)) | plane("big5", range(0xA4, 0xC7), range(0x40, 0x7F))
    return found | plane("big5", range(0xA4, 0xC7))


def plane(codec: str, rows: range, cells: range = range(0xA1, 0xFF)) -> set[int]:
    """Return the code points in some rows of a national set."""
    texts = (bytes((row, cell)).decode(codec, "ignore") for row in rows for cell in cells)
    return {ord(char) for text in texts for char in text}


def japanese_forms(font: TTFont) -> set[str]:
    """Return the glyphs that Japanese text takes instead of the Chinese ones; the faces share all glyphs."""
    japanese = TTFont(font.reader.file.name, fontNumber=0, lazy=True)
    wanted = plane("euc_jp", range(0xB0, 0xD0)) | {*range(0x3000, 0x3100)}
    forms = {name for code, name in japanese.getBestCmap().items() if code in wanted}
    return {font.getGlyphName(japanese.getGlyphID(name)) for name in forms}


def emoji_sequences(table: dict[str, str]) -> list[str]:
    """Return every emoji that the emoji face keeps."""
    singles = []
    for part in table["ranges"].split():
        ends = [int(end, 16) for end in part.split("-")]
        singles.extend(chr(code) for code in range(ends[0], ends[-1] + 1))
    toned = [base + chr(tone) for base in "".join(table["toned"].split()) for tone in range(0x1F3FB, 0x1F400)]
    flags = ["".join(chr(0x1F1E6 + ord(letter) - 65) for letter in code) for code in table["flags"].split()]
    keycaps = [key + "\ufe0f\u20e3" for key in "0123456789#*"]
    return [*singles, *toned, *flags, *keycaps, *table["joined"].split()]


def cut(font: TTFont, source: Source, original: bytes) -> None:
    """Take out of the font what the source does not keep."""
    options = subset.Options(
        layout_features=["*"], hinting=True, name_IDs=["*"], notdef_outline=True, glyph_names=False,
        recalc_timestamp=False, ignore_missing_glyphs=True, legacy_cmap=False,
    )  # fmt: skip
    options.drop_tables += ["DSIG", "FFTM", "vhea", "vmtx", "VORG", "BASE"]
    subsetter = subset.Subsetter(options)
    if source.keep == "emoji":
        options.layout_closure = False
        shaper = uharfbuzz.Font(uharfbuzz.Face(original))
        glyphs, codes = (
            {".notdef"},
            {0x200D, 0xFE0F, 0x20E3, *range(0x1F1E6, 0x1F200), *range(0x1F3FB, 0x1F400)},
        )
        for sequence in emoji_sequences(TABLE["emoji"]):
            buffer = uharfbuzz.Buffer()
            buffer.add_str(sequence)
            buffer.guess_segment_properties()
            uharfbuzz.shape(shaper, buffer)
            shaped = [font.getGlyphName(info.codepoint) for info in buffer.glyph_infos]
            if ".notdef" not in shaped:
                glyphs.update(shaped)
                codes.update(map(ord, sequence))
        subsetter.populate(glyphs=glyphs, unicodes=codes)
    elif source.keep == "cjk":
        options.layout_features, options.layout_closure, options.hinting = (
            ["kern", "locl", "ccmp"],
            False,
            False,
        )
        options.layout_scripts = [
            "DFLT.dflt",
            "hani.dflt",
            "hani.JAN ",
            "kana.dflt",
            "kana.JAN ",
            "hang.dflt",
        ]
        subsetter.populate(glyphs=japanese_forms(font), unicodes=characters("cjk"))
    elif source.keep == "all":
        subsetter.populate(unicodes=set(font.getBestCmap()))
    else:
        options.layout_features = [*subset.Options().layout_features, "tnum", "pnum", "zero", "case"]
        subsetter.populate(unicodes=characters(str(source.keep)))
    subsetter.subset(font)


def notice_of(font: TTFont, original: Path) -> str:
    """Return the notice of copyright: the one in the licence beside the font, else the font's own."""
    for name, depth in (("LICENSE_FONT", 1), ("LICENSE.txt", 0)):
        beside = original.parents[depth] / name
        if beside.exists():
            return beside.read_text("utf-8").strip().splitlines()[0].strip()
    return re.sub(r"\s+", " ", str(font["name"].getDebugName(0))).strip()


def build_face(source: Source, original: Path) -> dict[str, object]:
    """Write one face and return its catalogue entry."""
    data = original.read_bytes()
    font = TTFont(original, fontNumber=source.index, recalcTimestamp=False)
    target = TARGET / source.file
    notice = notice_of(font, original)
    if source.keep is None:
        target.write_bytes(data)
    else:
        if "Reserved Font Name" in f"{notice} {font['name'].getDebugName(0)} {font['name'].getDebugName(13)}":
            raise SystemExit(f"{source.family} has a Reserved Font Name: it may not be cut down")
        cut(font, source, data)
        font.save(target, reorderTables=True)
    return {
        "file": source.file,
        "family": source.family,
        "weight": source.weight,
        "style": source.style,
        "split": source.split,
        "licence": source.licence,
        "copyright": notice,
        "origin": f"{source.package}: {source.path}",
        "modified": source.keep is not None,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
    }


def unpack(packages: Iterable[str], folder: Path) -> dict[str, str]:
    """Download and unpack the packages; return the version of each."""
    versions = {}
    for package in sorted(set(packages)):
        if package.startswith("npm:"):
            versions[package] = unpack_npm(package.removeprefix("npm:"), folder / package)
        else:
            versions[package] = unpack_debian(package, folder)
    return versions


def unpack_debian(package: str, folder: Path) -> str:
    """Unpack a Debian package below its name; return its version."""
    subprocess.run(["apt-get", "download", "-q", package], cwd=folder, check=True, capture_output=True)
    (archive,) = folder.glob(f"{package}_*.deb")
    shown = subprocess.run(["dpkg-deb", "-f", archive, "Version"], check=True, capture_output=True, text=True)
    subprocess.run(["dpkg", "-x", archive, folder / package], check=True)
    return shown.stdout.strip()


def unpack_npm(package: str, target: Path) -> str:
    """Unpack an npm package, given with its version, into a folder; return the version."""
    target.mkdir(parents=True)
    subprocess.run(["npm", "pack", "--silent", package], cwd=target, check=True, capture_output=True)
    (archive,) = target.glob("*.tgz")
    with tarfile.open(archive) as packed:
        packed.extractall(target, filter="data")
    return package.rpartition("@")[2]


def write_licences(folder: Path) -> None:
    """Write the text of each licence once."""
    texts = {}
    copyright_file = (folder / "fonts-inter/usr/share/doc/fonts-inter/copyright").read_text("utf-8")
    heading = "SIL OPEN FONT LICENSE\nVersion 1.1 - 26 February 2007\n\n"
    texts[OFL] = heading + paragraph(copyright_file, "License: OFL-1.1\n")
    vera = (folder / "fonts-dejavu-core/usr/share/doc/fonts-dejavu-core/copyright").read_text("utf-8")
    texts[VERA] = paragraph(vera, "License: bitstream-vera\n")
    texts[APACHE] = Path("/usr/share/common-licenses/Apache-2.0").read_text("utf-8")
    (TARGET / "licences").mkdir(exist_ok=True)
    for name, text in texts.items():
        (TARGET / "licences" / f"{name}.txt").write_text(text, "utf-8")


def paragraph(copyright_file: str, head: str) -> str:
    """Return the text below a heading of a Debian copyright file, without its indentation."""
    body = copyright_file.split(head)[-1].split("\n\n")[0]
    return re.sub(r"(?m)^\.$", "", textwrap.dedent(body)) + "\n"


def main() -> None:
    """Build the whole folder and say what changed."""
    listing = TARGET / "catalogue.json"
    before = {}
    if listing.exists():
        before = {
            face["file"]: face.get("sha256") for face in json.loads(listing.read_text("utf-8"))["faces"]
        }
    TARGET.mkdir(exist_ok=True)
    sources = read_sources(TABLE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        versions = unpack((source.package for source in sources), folder)
        faces = []
        for source in sources:
            found = sorted((folder / source.package).glob(f"**/{source.path}"))
            faces.append(build_face(source, found[0]))
        write_licences(folder)
    kept = {face["file"] for face in faces}
    for stale in TARGET.glob("*.?tf"):
        if stale.name not in kept:
            stale.unlink()
    tools = {"fonttools": fontTools.version, "uharfbuzz": uharfbuzz.__version__}
    content = {"tools": tools, "packages": versions, "fallbacks": TABLE["fallbacks"], "faces": faces}
    listing.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    changed = [face["file"] for face in faces if before.get(str(face["file"])) != face["sha256"]]
    size = sum(path.stat().st_size for path in TARGET.rglob("*") if path.is_file())
    print(f"{len(faces)} faces, {size:,} bytes; changed: {', '.join(map(str, changed)) or 'none'}")
    if size > LIMIT:
        sys.exit(f"the fonts weigh {size:,} bytes, the limit is {LIMIT:,}")


if __name__ == "__main__":
    main()
