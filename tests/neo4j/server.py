"""A Neo4j for the tests: one that is named, else one from Maven's jars, Docker, or ArcadeDB.

``choose()`` gives the first that can be had, in this order:

1. the server at ``GRAPHBUILD_NEO4J_URI`` (user ``GRAPHBUILD_NEO4J_USER``, password
   ``NEO4J_PASSWORD``),
2. Neo4j Community from the jars of ``pom.xml``, which takes Java 17 or 21 and Maven: with Browser,
   APOC, Graph Data Science and ``neo4j-admin``,
3. Neo4j Community in Docker,
4. ArcadeDB, which speaks Neo4j's protocol and comes from PyPI with a Java of its own
   (``pip install arcadedb-embedded``).

Whatever is started here listens on the loopback interface alone, on free ports, keeps its data in a
folder of its own, and ends with the process that started it, however that ends. By hand:

    python -m tests.neo4j.server          # starts one, says how to reach it, runs until Ctrl+C
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
CACHE = HERE.parents[1] / ".cache" / "neo4j"
COMPOSE = HERE.parents[1] / "compose.yaml"

JAVA_MAJORS = range(17, 25)
START_SECONDS = 120
PLUGINS = re.compile(r"org\.neo4j\.(gds|procedure\.apoc)")
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"

# Neo4j's own start script gives the first three; the rest makes a small server start soon.
JVM = (
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-XX:+UseParallelGC",
    "-XX:-OmitStackTraceInFastThrow",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
)

# Runs a program until its own standard input ends, which it does when the process that holds the
# other end is gone.
WHILE_SOMEBODY_LISTENS = """
"$@" </dev/null &
child=$!
echo "$child" >"$PID_FILE"
cat >/dev/null
kill -TERM "$child" 2>/dev/null
wait "$child"
"""


class Unavailable(Exception):
    """Why a kind of server cannot be had here."""


@dataclass
class Address:
    """Where a server answers, and what it is; plain values, for other processes."""

    uri: str
    user: str
    password: str
    name: str
    browser: str | None = None
    is_neo4j: bool = True

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def driver(self, **options: Any) -> Any:
        import neo4j

        options.setdefault("notifications_min_severity", "OFF")
        return neo4j.GraphDatabase.driver(self.uri, auth=(self.user, self.password), **options)


class Running(Protocol):
    """A server that answers."""

    address: Address

    def stop(self) -> None: ...


@dataclass
class Named:
    """A server that somebody else runs."""

    address: Address

    def stop(self) -> None:
        pass


def named() -> Named:
    uri = os.environ.get("GRAPHBUILD_NEO4J_URI")
    if not uri:
        raise Unavailable("GRAPHBUILD_NEO4J_URI names no server")
    user = os.environ.get("GRAPHBUILD_NEO4J_USER", "neo4j")
    address = Address(uri, user, os.environ.get("NEO4J_PASSWORD", "neo4j"), f"the server at {uri}")
    import neo4j

    try:
        with address.driver() as driver:
            agent = driver.get_server_info().agent
    except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError, OSError) as error:
        raise Unavailable(f"{address.name} does not answer: {error}") from error
    address.name = f"{agent} at {uri}"
    address.is_neo4j = agent.startswith("Neo4j/") and "ArcadeDB" not in agent
    return Named(address)


# -- Neo4j from Maven's jars ---------------------------------------------------------------------


def java() -> str:
    """A Java that runs Neo4j 5.26: ``JAVA_HOME``, the path, or where Linux distributions put it."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    candidates = [home / "bin" / "java" for home in homes]
    on_path = shutil.which("java")
    candidates += [Path(on_path)] if on_path else []
    candidates += sorted(Path("/usr/lib/jvm").glob("*/bin/java"))
    for candidate in candidates:
        if candidate.is_file() and _java_major(candidate) in JAVA_MAJORS:
            return str(candidate)
    raise Unavailable("no Java 17 to 24 was found")


def _java_major(program: Path) -> int:
    done = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', done.stderr + done.stdout)
    return int(version[1]) if version else 0


def jars() -> Path:
    """The folder with ``lib`` and ``plugins``; fetched by Maven when ``pom.xml`` is new."""
    digest = hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    folder = CACHE / digest
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("Maven (mvn) was not found")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="fetching-") as scratch:
        fetched = Path(scratch) / "home"
        done = subprocess.run(
            [maven, "-B", "-q", "-ntp", "-f", POM, COPY, "-DincludeScope=runtime",
             "-Dmdep.prependGroupId=true", f"-DoutputDirectory={fetched / 'lib'}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            lines = [line for line in done.stdout.splitlines() if "ERROR" in line]
            raise Unavailable(f"Maven could not fetch Neo4j: {' '.join(lines[:2])}")
        # The server looks for procedures in the jars of this folder alone.
        (fetched / "plugins").mkdir()
        for jar in (fetched / "lib").iterdir():
            if PLUGINS.match(jar.name):
                jar.rename(fetched / "plugins" / jar.name)
        with contextlib.suppress(OSError):  # somebody else was quicker
            fetched.rename(folder)
    return folder


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@dataclass
class Maven:
    """Neo4j Community with a home of its own; it may be stopped, killed, and started again."""

    home: Path
    java: str
    jars: Path
    heap: str = "640m"
    options: tuple[str, ...] = ("-XX:TieredStopAtLevel=1",)  # starts sooner, computes more slowly
    settings: dict[str, str] = field(default_factory=dict)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    bolt_port: int = 0
    http_port: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _is_new: bool = True

    def __post_init__(self) -> None:
        if not self.bolt_port:
            self.bolt_port, self.http_port = free_ports(2)

    @property
    def version(self) -> str:
        found = re.search(r"<neo4j.version>(.*)</neo4j.version>", POM.read_text("utf-8"))
        assert found
        return found[1]

    @property
    def address(self) -> Address:
        return Address(
            f"bolt://127.0.0.1:{self.bolt_port}",
            "neo4j",
            self.password,
            f"Neo4j {self.version} from Maven's jars",
            f"http://127.0.0.1:{self.http_port}/browser/",
        )

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "NEO4J_HOME": str(self.home),
            "NEO4J_CONF": str(self.home / "conf"),
            "PID_FILE": str(self.home / "pid"),
        }

    @property
    def _class_path(self) -> str:
        return os.pathsep.join(
            [f"{self.jars}/plugins/*", f"{self.home}/conf/*", f"{self.jars}/lib/*"]
        )

    def prepare(self) -> None:
        """Write the configuration; the server refuses to start with a key that it doesn't know."""
        for name in ("conf", "data", "logs", "run", "import"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        settings = {
            "server.default_listen_address": "127.0.0.1",
            "server.bolt.listen_address": f"127.0.0.1:{self.bolt_port}",
            "server.bolt.advertised_address": f"127.0.0.1:{self.bolt_port}",
            "server.http.listen_address": f"127.0.0.1:{self.http_port}",
            "server.http.advertised_address": f"127.0.0.1:{self.http_port}",
            "server.https.enabled": "false",
            "server.directories.lib": str(self.jars / "lib"),
            "server.directories.plugins": str(self.jars / "plugins"),
            "server.memory.pagecache.size": "256m",
            "db.tx_log.rotation.retention_policy": "keep_none",
            "db.tx_log.preallocate": "false",
            "dbms.usage_report.enabled": "false",
            "client.allow_telemetry": "false",
            "dbms.security.procedures.unrestricted": "apoc.*,gds.*",
            **self.settings,
        }
        lines = [f"{name}={value}\n" for name, value in settings.items()]
        (self.home / "conf" / "neo4j.conf").write_text("".join(lines), "utf-8")

    def start(self) -> None:
        self.prepare()
        with (self.home / "logs" / "console.log").open("wb") as console:
            self._process = subprocess.Popen(
                ["sh", "-c", WHILE_SOMEBODY_LISTENS, "sh",
                 self.java, "-cp", self._class_path, "-Xms128m", f"-Xmx{self.heap}", *JVM,
                 *self.options, "org.neo4j.server.CommunityEntryPoint", f"--home-dir={self.home}",
                 f"--config-dir={self.home / 'conf'}", "--console-mode"],
                env=self._environment, stdin=subprocess.PIPE, stdout=console, stderr=console,
            )  # fmt: skip
        self._wait_until_it_answers()
        if self._is_new:
            self._set_password()
            self._is_new = False

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        console = self.home / "logs" / "console.log"
        while time.monotonic() < deadline:
            said = console.read_text("utf-8", "replace")
            if "Started." in said:
                return
            if not self.is_running():
                break
            time.sleep(0.1)
        self.kill()
        raise Unavailable(f"Neo4j did not start: {said[-2000:]}")

    def _set_password(self) -> None:
        first = Address(self.address.uri, "neo4j", "neo4j", "")
        with first.driver() as driver:
            driver.execute_query(
                "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password",
                password=self.password,
                database_="system",
            )

    def is_running(self) -> bool:
        pid = self._pid()
        if pid is None:
            return self._process is not None and self._process.poll() is None
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return not Path(f"/proc/{pid}/stat").exists() or not _is_zombie(pid)

    def _pid(self) -> int | None:
        file = self.home / "pid"
        written = file.read_text().strip() if file.is_file() else ""
        return int(written) if written else None

    def cpu_seconds(self) -> float:
        """What the server has computed so far, where ``/proc`` tells; else 0."""
        try:
            fields = Path(f"/proc/{self._pid()}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End the server in good order."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(60)
            self._process = None
            (self.home / "pid").unlink(missing_ok=True)

    def kill(self) -> None:
        """End the server as a power cut would."""
        pid = self._pid()
        if pid is not None:
            with contextlib.suppress(OSError):
                os.kill(pid, 9)
        self.stop()

    def admin(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a line with ``neo4j-admin`` in a shell; the server must not be running."""
        self.prepare()
        program = self.home / "bin" / "neo4j-admin"
        program.parent.mkdir(exist_ok=True)
        java = [self.java, "-cp", self._class_path, f"-Xmx{self.heap}", *JVM,
                "org.neo4j.cli.AdminTool"]  # fmt: skip
        program.write_text(f'#!/bin/sh\nexec {shlex.join(java)} "$@"\n', "utf-8")
        program.chmod(0o755)
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["sh", "-c", command], env={**self._environment, "PATH": path}, cwd=self.home,
            capture_output=True, text=True, check=False,
        )  # fmt: skip


def _is_zombie(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


@contextlib.contextmanager
def maven(**options: Any) -> Iterator[Maven]:
    """A server of one's own, not started yet; it ends and its data go with the block."""
    with tempfile.TemporaryDirectory(prefix="graphbuild-neo4j-") as home:
        server = Maven(Path(home), java(), jars(), **options)
        try:
            yield server
        finally:
            server.kill()  # sooner than stopping, and nobody needs the data


class _Held:
    """A server that runs until ``stop`` is called."""

    def __init__(self, context: contextlib.AbstractContextManager[Any]) -> None:
        self._stack = contextlib.ExitStack()
        server = self._stack.enter_context(context)
        try:
            server.start()
        except BaseException:
            self.stop()
            raise
        self.address: Address = server.address

    def stop(self) -> None:
        self._stack.close()


# -- Docker and ArcadeDB -------------------------------------------------------------------------


@dataclass
class Docker:
    """The image that ``compose.yaml`` names, for as long as the tests take."""

    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    container: str = ""

    def start(self) -> None:
        program = shutil.which("docker")
        if program is None:
            raise Unavailable("docker was not found")
        image = re.search(r"image: *(\S+)", COMPOSE.read_text("utf-8"))
        assert image
        done = subprocess.run(
            [program, "run", "--detach", "--rm", "--publish", "127.0.0.1::7687",
             "--env", f"NEO4J_AUTH=neo4j/{self.password}", image[1]],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Unavailable(f"docker says: {done.stderr.strip().splitlines()[-1]}")
        self.container = done.stdout.strip()
        self._image = image[1]
        _wait_for(self.address)

    @property
    def address(self) -> Address:
        done = subprocess.run(
            ["docker", "port", self.container, "7687/tcp"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        port = done.stdout.split()[0].rpartition(":")[2]
        return Address(
            f"bolt://127.0.0.1:{port}", "neo4j", self.password, f"{self._image} in Docker"
        )

    def __enter__(self) -> Docker:
        return self

    def __exit__(self, *_: object) -> None:
        if self.container:
            subprocess.run(
                ["docker", "rm", "--force", self.container], capture_output=True, check=False
            )


ARCADE = """
import sys
import arcadedb_embedded as arcadedb
folder, password, bolt, http = sys.argv[1:]
server = arcadedb.create_server(folder, password, config={
    "http_port": int(http), "bolt_port": int(bolt),
    "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
    "server_defaultDatabases": "neo4j[root]",
})
server.start()
print("started", flush=True)
sys.stdin.read()
server.stop()
"""


@dataclass
class Arcade:
    """ArcadeDB, which answers much of what Neo4j does, in a process of its own."""

    home: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", "import arcadedb_embedded"], capture_output=True, check=False
        )
        if done.returncode:
            raise Unavailable("arcadedb-embedded is not installed")
        self._bolt, http = free_ports(2)
        log = self.home / "log"
        with log.open("wb") as console:
            self._process = subprocess.Popen(
                [sys.executable, "-c", ARCADE, str(self.home / "data"), self.password,
                 str(self._bolt), str(http)],
                cwd=self.home, stdin=subprocess.PIPE, stdout=console, stderr=console,
            )  # fmt: skip
        try:
            _wait_for(self.address, self._process)
        except Unavailable as error:
            raise Unavailable(f"{error}: {log.read_text('utf-8', 'replace')[-1000:]}") from error

    @property
    def address(self) -> Address:
        return Address(
            f"bolt://127.0.0.1:{self._bolt}", "root", self.password,
            "ArcadeDB (PyPI), in place of Neo4j", is_neo4j=False,
        )  # fmt: skip

    def __enter__(self) -> Arcade:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(60)


@contextlib.contextmanager
def arcade() -> Iterator[Arcade]:
    with (
        tempfile.TemporaryDirectory(prefix="graphbuild-arcade-") as home,
        Arcade(Path(home)) as server,
    ):
        yield server


def _wait_for(address: Address, process: subprocess.Popen[bytes] | None = None) -> None:
    import neo4j

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with address.driver(max_transaction_retry_time=0) as driver:
                driver.execute_query("RETURN 1", database_="neo4j")
        except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError, OSError) as error:
            if time.monotonic() > deadline or (process is not None and process.poll() is not None):
                raise Unavailable(f"{address.name} did not start: {error}") from error
            time.sleep(0.3)
        else:
            return


def choose(*, neo4j_only: bool = False) -> Running:
    """The first server that can be had; ``neo4j_only`` leaves out what only speaks its protocol."""
    if os.environ.get("GRAPHBUILD_NEO4J_URI"):
        return named()
    ways: list[Callable[[], contextlib.AbstractContextManager[Any]]] = [maven, Docker]
    if not neo4j_only:
        ways.append(arcade)
    reasons = []
    for way in ways:
        try:
            return _Held(way())
        except Unavailable as reason:
            reasons.append(str(reason))
    raise Unavailable("no server: " + "; ".join(reasons))


if __name__ == "__main__":
    held = choose()
    sys.stdout.write(f"{held.address}\n")
    sys.stdout.flush()
    try:
        sys.stdin.read()
    except KeyboardInterrupt:
        pass
    finally:
        held.stop()
