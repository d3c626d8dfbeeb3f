import pytest

from sigh_batch.config.resolve import resolve
from sigh_batch.doctor.finding import Finding
from sigh_batch.doctor.machine import examine_machine
from sigh_batch.render import pillow_painter


def findings() -> dict[str, Finding]:
    return {finding.what: finding for finding in examine_machine(resolve([]).settings)}


def test_a_whole_machine_has_no_faults() -> None:
    found = findings()
    assert {"python", "machine", "scratch", "skia", "pillow", "fonts"} <= set(found)
    assert not [finding for finding in found.values() if finding.state == "fault"]
    assert "with raqm" in found["pillow"].detail


def test_a_missing_libfribidi_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pillow_painter, "_SHAPED", False)
    monkeypatch.setattr(pillow_painter.PillowPainter, "limits", (pillow_painter._UNSHAPED,))
    found = findings()["pillow"]
    assert found.state == "warning"
    assert "libfribidi" in found.detail
    assert "apt-get install libfribidi0" in found.fix
