"""How long a kit takes to make, and a class to fetch it from the laptop that serves it.

    python tests/benchmarks/kit.py FOLDER [--clients 30] [--out data/results/kit.json]

Makes a whole kit in FOLDER, or goes on with it, and serves it on this machine with `ser kit --serve`. Then each client fetches
what a learner with Linux and this Python fetches (packages, course, recordings), all at once, and looks at every hash, while one
more client stalls. Client and server share this machine's cores; a room's Wi-Fi comes on top. Exit code 1 when a file was wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

SER = [sys.executable, "-m", "ser_helpers", "kit"]


def make(folder: Path) -> float:
    """Seconds until the kit is whole."""
    begun = time.perf_counter()
    subprocess.run([*SER, folder], check=True)
    return time.perf_counter() - begun


def client(address: str, files: dict[str, dict]) -> tuple[float, int]:
    """Seconds of one learner, and how many files came wrong."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    begun, wrong = time.perf_counter(), 0
    for name, file in files.items():
        with opener.open(f"{address}{name}", timeout=600) as answer:
            wrong += hashlib.file_digest(answer, "sha256").hexdigest() != file["sha256"]
    return time.perf_counter() - begun, wrong


def serve(folder: Path, n_clients: int) -> dict[str, float]:
    """Serve it, and let everybody fetch at once."""
    about = json.loads((folder / "kit.json").read_text(encoding="utf-8"))
    needed = {"course.zip", *about["targets"][f"Linux-x86_64-{sys.version_info[0]}.{sys.version_info[1]}"]}
    files = {name: file for name, file in about["files"].items() if name in needed or name.startswith("AudioWAV/")}
    large = max(files, key=lambda name: files[name]["bytes"])
    command = [*SER, "--serve", str(folder), "--only-here", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = ""
        for line in server.stdout:
            address = (re.findall(r"http://\S+", line) or [address])[0]
            if "Ctrl-C" in line:
                break
        with socket.create_connection(("127.0.0.1", int(address.split(":")[2].strip("/")))) as stalls:
            stalls.sendall(f"GET /{large} HTTP/1.1\r\nHost: stalls\r\n\r\n".encode())
            begun = time.perf_counter()
            with ThreadPoolExecutor(n_clients) as pool:
                done = list(pool.map(lambda _: client(address, files), range(n_clients)))
            seconds = time.perf_counter() - begun
        memory = psutil.Process(server.pid).memory_info().rss
        server.terminate()
    size = sum(file["bytes"] for file in files.values())
    return {
        "kit_gb": round(sum(file["bytes"] for file in about["files"].values()) / 1e9, 2),
        "clients": n_clients,
        "files_each": len(files),
        "mb_each": round(size / 1e6, 1),
        "recordings": about["recordings"]["clips"],
        "seconds": round(seconds, 1),
        "fastest_client_seconds": round(min(took for took, _ in done), 1),
        "mb_per_second": round(size * n_clients / 1e6 / seconds, 1),
        "server_memory_mb": round(memory / 1e6),
        "wrong_files": sum(wrong for _, wrong in done),
    }


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, default=30)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    results = {
        "cores": psutil.cpu_count(),
        "make_seconds": round(make(args.folder), 1),
        **serve(args.folder, args.clients),
    }
    print(json.dumps(results, indent=1))
    if args.out:
        args.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 1 if results["wrong_files"] else 0


if __name__ == "__main__":
    sys.exit(main())
