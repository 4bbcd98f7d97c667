/** From koji's tags to posts, with real RPMs and the real rpmlint. Needs rpmbuild and rpmlint. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeRpm } from "./fake-infrastructure";
import { Harness } from "./harness";
import { buildHostile as buildHostileRpm } from "./rpm/hostile";
import { rpmsOf } from "./rpms";

const pending = "f15-updates-testing-pending";
const url = (job: number) => `http://autoqa:8080/results/${job}-autoqa/client1/rpmlint/results/output.log`;

describe("AutoQA examines builds in testing-pending with rpmlint", function () {
  this.timeout(60_000);
  let autoqa: Harness;

  beforeEach(async () => {
    autoqa = await new Harness().start();
  });

  afterEach(() => autoqa.stop());

  it("posts a result and a comment for each, in the order of tagging", async () => {
    const { infrastructure } = autoqa;
    infrastructure.addBuild("bad-1.0-1.fc15", await rpmsOf("bad-1.0-1.fc15", { requires: ["bad-devel"] }));
    infrastructure.addBuild("good-1.0-1.fc15", await rpmsOf("good-1.0-1.fc15"));
    infrastructure.addUpdate("FEDORA-2011-1", ["good-1.0-1.fc15"]);
    infrastructure.addUpdate("FEDORA-2011-2", ["bad-1.0-1.fc15"]);
    infrastructure.tag("good-1.0-1.fc15", pending);
    infrastructure.tag("bad-1.0-1.fc15", pending);
    autoqa.startClient();
    await autoqa.settle();
    const shared = { testcase: "dist.rpmlint" };
    const data = { type: "koji_build", arch: "noarch" };
    assert.deepEqual(infrastructure.results, [
      {
        ...shared,
        outcome: "PASSED",
        ref_url: url(1),
        note: "0 errors, 4 warnings",
        data: { item: "good-1.0-1.fc15", ...data },
      },
      {
        ...shared,
        outcome: "FAILED",
        ref_url: url(2),
        note: "1 errors, 4 warnings",
        data: { item: "bad-1.0-1.fc15", ...data },
      },
    ]);
    const comment = (outcome: string, job: number) =>
      `AutoQA: rpmlint test ${outcome} on noarch. Result log:\n${url(job)}\n(results are informative only)`;
    assert.deepEqual(infrastructure.comments, [
      { update: "FEDORA-2011-1", text: comment("PASSED", 1), email: "False", author: "autoqa" },
      { update: "FEDORA-2011-2", text: comment("FAILED", 2), email: "False", author: "autoqa" },
    ]);
    assert.match(await autoqa.log(url(2)), /^bad\.noarch: E: devel-dependency bad-devel$/m);
    assert.equal((await fetch(`${autoqa.url}/results/2-autoqa/client2/rpmlint/results/output.log`)).status, 404);
  });

  it("executes nothing of a package: no scriptlet of any language, no spec file, no file name", async () => {
    const { infrastructure } = autoqa;
    const marker = join(tmpdir(), `autoqa-executed-${process.pid}`);
    const name = "hostile";
    const nvr = `${name}-1.0-1.fc15`;
    infrastructure.addBuild(nvr, buildHostile(name, marker));
    infrastructure.tag(nvr, pending);
    autoqa.startClient();
    await autoqa.settle();
    assert.equal(existsSync(marker), false, "something was executed");
    assert.match(infrastructure.results[0]?.outcome ?? "", /^(PASSED|FAILED)$/);
    const log = await autoqa.log(url(1));
    assert.match(log, /^hostile\.noarch: /m);
    assert.ok(!log.includes(autoqa.directory), log);
  });

  it("keeps a log in which file names steer no terminal", async () => {
    const { infrastructure } = autoqa;
    const nvr = "hostile-1.0-1.fc15";
    const spec = "%description\nx\n%install\nmkdir -p %{buildroot}/h\ntouch %{buildroot}/h/placeholder\n%files\n/h\n";
    const content = buildHostileRpm("hostile", spec, { placeholder: "\u001b[2J\u0007\r" });
    infrastructure.addBuild(nvr, [{ arch: "noarch", content }]);
    infrastructure.tag(nvr, pending);
    autoqa.startClient();
    await autoqa.settle();
    assert.equal(infrastructure.results[0]?.outcome, "FAILED");
    const log = await autoqa.log(url(1));
    assert.match(log, /^hostile\.noarch: E: zero-length \/h\/\\u\{1b\}\[2J\\u\{7\}\\u\{d\}_{5}$/m);
    assert.doesNotMatch(log, /[^\P{Cc}\n]/u);
  });
});

/** An RPM that would touch the marker if anything of it were run; the spec's own command spares its build. */
function buildHostile(name: string, marker: string): FakeRpm[] {
  const directory = mkdtempSync(join(tmpdir(), "autoqa-hostile-"));
  const spec = `Name: ${name}
Version: 1.0
Release: 1.fc15
Summary: Hostile %(test -e ${directory} || touch ${marker})
License: MIT
BuildArch: noarch
%description
Hostile.
%install
mkdir -p %{buildroot}/usr/share/hostile
touch "%{buildroot}/usr/share/hostile/$(touch x)"
touch "%{buildroot}/usr/share/hostile/; touch x"
%pre -p /usr/bin/perl
BEGIN { system("touch ${marker}"); }
%post
touch ${marker}
%preun -p /bin/bash
$(touch ${marker})
%postun -p <lua>
posix.exec("/usr/bin/touch", "${marker}")
%files
/usr/share/hostile
`;
  writeFileSync(join(directory, `${name}.spec`), spec);
  const define = (what: string) => ["--define", `${what} ${directory}`];
  const options = ["-ba", "--quiet", ...define("_topdir"), ...define("_rpmdir"), ...define("_srcrpmdir")];
  execFileSync("rpmbuild", [...options, join(directory, `${name}.spec`)], { stdio: ["ignore", "ignore", "pipe"] });
  const read = (path: string) => readFileSync(join(directory, path));
  const rpms = [
    { name, arch: "noarch", content: read(`noarch/${name}-1.0-1.fc15.noarch.rpm`) },
    { name, arch: "src", content: read(`${name}-1.0-1.fc15.src.rpm`) },
  ];
  rmSync(directory, { recursive: true });
  return rpms;
}
