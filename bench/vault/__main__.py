"""python -m bench.vault [--mib 512]

Everything goes through one thread; counted is the processor time of this process, so that a busy machine judges as a
calm one does. The files are written to and read from a folder of this run's own; what the disk takes is not counted.
"""

import argparse
import hmac
import os
import sys
import time
from collections.abc import Callable
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench import machine, setting  # noqa: F401 - it sets Django up
from sundial.server.lib.sealed_stream import CHUNK, Kind, Stream
from sundial.server.vault.storage import Draft, Place, Reader

MIB = 1 << 20
PART = 8 * MIB  # as uploads come in
PIECE = 256 << 10  # as downloads go out
PROMISED = 500  # MiB/s of one core
KEY, OTHER_KEY = os.urandom(32), os.urandom(32)


class Bench:
    """So many MiB, sealed and unsealed in each way."""

    def __init__(self, mib: int) -> None:
        self.size = mib * MIB
        self.plain = memoryview(os.urandom(PART))
        self.place = Place(1, uuid4())

    def pieces(self) -> range:
        return range(0, self.size, CHUNK)

    def chunk(self, at: int) -> memoryview:
        start = at % PART
        return self.plain[start : start + CHUNK]

    def gcm_alone(self) -> None:
        cipher, nonce = AESGCM(KEY), bytes(12)
        for at in range(0, self.size, PART):
            cipher.encrypt(nonce, self.plain, at.to_bytes(8, "big"))

    def ctr_and_hmac(self) -> None:
        cipher, tag = (
            Cipher(algorithms.AES(KEY), modes.CTR(bytes(16))).encryptor(),
            hmac.new(OTHER_KEY, digestmod="sha256"),
        )
        for at in self.pieces():
            tag.update(cipher.update(self.chunk(at)))
        tag.digest()

    def seal(self) -> None:
        stream = Stream(KEY, self.place.bound)
        for index, at in enumerate(self.pieces()):
            stream.seal(index, Kind.MORE, self.chunk(at))

    def unseal(self) -> None:
        stream = Stream(KEY, self.place.bound)
        sealed = [stream.seal(index, Kind.MORE, self.chunk(at)) for index, at in enumerate(range(0, PART, CHUNK))]
        self.begun = time.process_time()  # what was sealed to have something to unseal is not counted
        for _ in range(0, self.size, PART):
            for index, one in enumerate(sealed):
                stream.unseal(index, Kind.MORE, one)

    def upload(self) -> None:
        for _ in range(0, self.size, PART):
            with Draft(self.place, KEY) as draft:
                draft.write(self.plain)
                draft.keep()
        with Draft(self.place, KEY) as draft:
            draft.finish()

    def download(self) -> None:
        with Reader(self.place, KEY, self.size) as reader:
            while reader.read(PIECE):
                pass

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("limit: AES-256-GCM alone, 8 MiB at once", self.gcm_alone),
            ("peer: AES-256-CTR + HMAC-SHA256", self.ctr_and_hmac),
            ("seal, chunk by chunk", self.seal),
            ("unseal, chunk by chunk", self.unseal),
            ("upload: seal and write, in parts of 8 MiB", self.upload),
            ("download: read and unseal", self.download),
        ]

    def timed(self, step: Callable[[], None]) -> float:
        """MiB a second of one core."""
        self.begun = time.process_time()
        step()
        return self.size / MIB / (time.process_time() - self.begun)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=512)
    bench = Bench(parser.parse_args().mib // 8 * 8 or 8)
    speeds = {name: round(bench.timed(step)) for name, step in bench.steps()}
    rows = [(name, f"{speed:,}") for name, speed in speeds.items()]
    machine.table(f"{bench.size // MIB} MiB, one core", ("way", "MiB/s"), rows)
    machine.save("vault", {"mib": bench.size // MIB, "mib_per_s_of_a_core": speeds})
    ours = [speed for name, speed in speeds.items() if not name.startswith(("limit", "peer"))]
    promises = {
        f"sealing and unsealing reach {PROMISED} MiB/s of one core": min(ours[:2]) >= PROMISED,
        f"uploads and downloads reach {PROMISED} MiB/s of one core": min(ours[2:]) >= PROMISED,
    }
    return 0 if machine.verdict(promises) else 1


if __name__ == "__main__":
    sys.exit(main())
