"""The captures of real kernels that lessons show: content/captures/NAME.pcap."""

from app.course.source import Folder, Mistake
from app.draw.capture import tcpdump_line
from app.draw.recorded import recorded


class Captures:
    """Every `captures/*.pcap`, by name: the bytes, and each segment as tcpdump prints it."""

    def __init__(self, folder: Folder) -> None:
        self.files: dict[str, bytes] = {}
        self._lines: dict[str, tuple[str, ...]] = {}
        for path in folder.names("captures/*.pcap"):
            name = path.removeprefix("captures/").removesuffix(".pcap")
            self.files[name] = (folder.root / path).read_bytes()
            try:
                found = recorded(self.files[name])
                self._lines[name] = tuple(tcpdump_line(sent, sent.segment.window) for sent in found)
            except ValueError as error:
                folder.report(path, str(error))

    def told(self, name: str) -> tuple[str, ...]:
        """What tcpdump prints of that one. Raises Mistake where there is none."""
        if name not in self._lines:
            raise Mistake(f"there is no captures/{name}.pcap")
        return self._lines[name]
