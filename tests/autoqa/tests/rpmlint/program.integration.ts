/** rpmlint as AutoQA runs it: what it makes of packages that are hard or impossible to unpack. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import rpmlintProgram from "../../../../autoqa/tests/rpmlint/program.py";
import { pythonOptions } from "../../../../autoqa/tests/rpmlint/rpmlint";
import { buildHostile } from "../../rpm/hostile";

const spec = `Name: odd
Version: 1.0
Release: 1
Summary: Files of all kinds
License: MIT
BuildArch: noarch
%description
Odd.
%install
mkdir -p %{buildroot}/usr/share/odd/closed
cd %{buildroot}/usr/share/odd
head -c 1000000 /dev/zero > large
ln large linked
ln -s nowhere symbolic
touch empty ghost closed/inside 'with blank'
%files
%attr(0000, root, root) /usr/share/odd/empty
%attr(4755, root, root) /usr/share/odd/large
/usr/share/odd/linked
/usr/share/odd/symbolic
"/usr/share/odd/with blank"
%ghost /usr/share/odd/ghost
%attr(0555, root, root) %dir /usr/share/odd/closed
%attr(0400, root, root) /usr/share/odd/closed/inside
`;

describe("rpmlint as AutoQA runs it", function () {
  this.timeout(30_000);
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-rpmlint-"));
    writeFileSync(join(directory, "odd.spec"), spec);
    const define = (what: string) => ["--define", `${what} ${directory}`];
    execFileSync("rpmbuild", ["-bb", "--quiet", ...define("_topdir"), ...define("_rpmdir"), "odd.spec"], {
      cwd: directory,
      stdio: ["ignore", "ignore", "pipe"],
    });
    chmodSync(directory, 0o755);
    mkdirSync(join(directory, "run"));
    chmodSync(join(directory, "run"), 0o777);
  });

  after(() => rmSync(directory, { recursive: true }));

  /** @param limits options of prlimit(1) */
  function lint(limits: string[] = [], rpm = "../noarch/odd-1.0-1.noarch.rpm") {
    const asNobody =
      process.getuid?.() === 0 ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"] : [];
    const program = ["/usr/bin/python3", ...pythonOptions, "-c", rpmlintProgram, rpm];
    const cwd = join(directory, "run");
    return spawnSync("prlimit", [...limits, "--", ...asNobody, ...program], {
      cwd,
      env: { ...process.env, TMPDIR: cwd, HOME: cwd, CONFIG_DISABLE_AUTOLOADING: "1" },
      encoding: "utf8",
    });
  }

  it("examines files of all kinds and modes, unpacked by an unprivileged user", () => {
    const { status, stdout, stderr } = lint();
    assert.equal(status, 64, stderr);
    assert.match(stdout, /^odd\.noarch: .* setuid-binary \/usr\/share\/odd\/large root 4755$/m);
    assert.match(stdout, /1 packages and 0 specfiles checked; /);
  });

  describe("does not let a package write", () => {
    const files = "%description\nx\n%install\nmkdir -p %{buildroot}/usr/share/h/l2\ncd %{buildroot}/usr/share/h\n";
    const outside = () => ["", "run"].flatMap((folder) => readdirSync(join(directory, folder))).sort();

    function lintHostile(script: string, changes: Record<string, string | Buffer>) {
      const name = "hostile-1.0-1.fc15.noarch.rpm";
      const spec = `${files}${script}\n%files\n/usr/share/h/*\n`;
      writeFileSync(join(directory, "noarch", name), buildHostile("hostile", spec, changes));
      const before = outside();
      const finished = lint([], `../noarch/${name}`);
      assert.deepEqual(outside(), before);
      return finished;
    }

    it("above its directory", () => {
      const { status, stderr } = lintHostile("touch placeholder-placeholder", {
        "placeholder-placeholder": "../../../../escaped",
      });
      assert.equal(status, 3, stderr);
      assert.match(stderr, /1 of \d files could not be unpacked/);
    });

    it("through a symbolic link", () => {
      mkdirSync(join(directory, "target"));
      chmodSync(join(directory, "target"), 0o777);
      const { status } = lintHostile(`ln -s ${join(directory, "target")} l1\ntouch l2/escaped`, { "h/l2": "h/l1" });
      assert.deepEqual(readdirSync(join(directory, "target")), []);
      assert.equal(status, 3);
    });
  });

  it("examines files whose names are no text", () => {
    const name = "hostile-1.0-1.fc15.noarch.rpm";
    const spec = "%description\nx\n%install\nmkdir -p %{buildroot}/h\ntouch %{buildroot}/h/placeholder\n%files\n/h\n";
    const rpm = buildHostile("hostile", spec, { placeholder: Buffer.from("a\u00ff\u001b[2J\nb", "latin1") });
    writeFileSync(join(directory, "noarch", name), rpm);
    const { status, stdout, stderr } = lint([], `../noarch/${name}`);
    assert.equal(status, 64, stderr);
    assert.match(stdout, /zero-length \/h\/a/);
  });

  it("imports nothing from the directory it works in", () => {
    for (const module of ["rpm", "zstandard", "toml"]) {
      writeFileSync(join(directory, "run", `${module}.py`), "raise SystemExit(99)\n");
    }
    try {
      assert.equal(lint().status, 64);
    } finally {
      for (const module of ["rpm", "zstandard", "toml"]) rmSync(join(directory, "run", `${module}.py`));
    }
  });

  it("gives no verdict on a package that could not be unpacked whole", () => {
    const { status, stdout, stderr } = lint(["--fsize=100000"]);
    assert.equal(status, 3);
    assert.match(stderr, /fatal error while reading .*: \d of 8 files could not be unpacked, the first is .*\/large/);
    assert.doesNotMatch(stdout, / checked; /);
  });
});
