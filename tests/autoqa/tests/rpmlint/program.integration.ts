/** rpmlint as AutoQA runs it: what it makes of packages that are hard or impossible to unpack. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import rpmlintProgram from "../../../../autoqa/tests/rpmlint/program.py";

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
  function lint(...limits: string[]) {
    const asNobody =
      process.getuid?.() === 0 ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"] : [];
    const program = ["/usr/bin/python3", "-c", rpmlintProgram, "../noarch/odd-1.0-1.noarch.rpm"];
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

  it("gives no verdict on a package that could not be unpacked whole", () => {
    const { status, stdout, stderr } = lint("--fsize=100000");
    assert.equal(status, 3);
    assert.match(stderr, /fatal error while reading .*: \d of 8 files could not be unpacked, the first is .*\/large/);
    assert.doesNotMatch(stdout, / checked; /);
  });
});
