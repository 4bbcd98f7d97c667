/** DNF and libsolv on the mock's repositories, multilib included, before and after a push. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestInfra } from "../support/infra";

/** Reads a repository's primary metadata with libsolv and solves for one package, or lists what there is. */
const SOLVE = `
import gzip, io, json, os, re, sys, tempfile, urllib.request
import solv

base, arch, wanted = sys.argv[1], sys.argv[2], sys.argv[3:]
repomd = urllib.request.urlopen(base + "repodata/repomd.xml").read().decode()
href = re.search(r'<data type="primary">.*?<location href="([^"]+)"', repomd, re.S).group(1)
path = os.path.join(tempfile.mkdtemp(), os.path.basename(href))
with open(path, "wb") as out:
    out.write(urllib.request.urlopen(base + href).read())
pool = solv.Pool()
pool.setdisttype(solv.Pool.DISTTYPE_RPM)
pool.setarch(arch)
repo = pool.add_repo("r")
repo.add_rpmmd(solv.xfopen(path), None)
pool.addfileprovides()
pool.createwhatprovides()
if not wanted:
    print(json.dumps(sorted(str(s) for s in repo.solvables)))
else:
    solver = pool.Solver()
    problems = solver.solve([job for name in wanted for job in pool.select(name, solv.Selection.SELECTION_NAME | solv.Selection.SELECTION_PROVIDES).jobs(solv.Job.SOLVER_INSTALL)])
    if problems:
        print(json.dumps({"problems": [str(p) for p in problems]}))
    else:
        transaction = solver.transaction()
        print(json.dumps({"installs": sorted(str(s) for s in transaction.newsolvables())}))
`;

describe("repositories", function () {
  this.timeout(300_000);
  let infra: TestInfra;
  let directory: string;

  before(async () => {
    infra = await TestInfra.start();
    directory = mkdtempSync(join(tmpdir(), "dnf-"));
    writeFileSync(join(directory, "dnf.conf"), "[main]\n");
    const { status, body } = await infra.loadScenario(join(__dirname, "scenario.yaml"));
    assert.equal(status, 200, JSON.stringify(body));
  });
  after(async () => {
    await infra?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function run(program: string, args: string[]): Promise<{ code: number; out: string; err: string }> {
    return new Promise((resolve) => {
      const env = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", HOME: directory, LC_ALL: "C.UTF-8" };
      execFile(program, args, { env, maxBuffer: 16 << 20, timeout: 120_000 }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
      );
    });
  }

  async function solve(path: string, ...wanted: string[]) {
    const { out, err } = await run("/usr/bin/python3", ["-c", SOLVE, infra.url("koji", path), "x86_64", ...wanted]);
    assert.notEqual(out, "", err);
    return JSON.parse(out) as string[] & { installs?: string[]; problems?: string[] };
  }

  function dnf(repository: string, ...args: string[]) {
    const url = infra.url("koji", `/repositories/${repository}/x86_64/`);
    return run("dnf", [
      `--config=${join(directory, "dnf.conf")}`,
      `--installroot=${join(directory, "root")}`,
      "--releasever=42",
      "--forcearch=x86_64",
      `--repofrompath=mock,${url}`,
      "--repo=mock",
      "--nogpgcheck",
      "--assumeyes",
      "--refresh",
      `--setopt=cachedir=${join(directory, "cache")}`,
      "--setopt=reposdir=/dev/null",
      "--setopt=plugins=0",
      ...args,
    ]);
  }

  it("libsolv reads the main repository, and finds the 32-bit library that multilib adds", async () => {
    assert.deepEqual(await solve("/repositories/f42/x86_64/"), [
      "julep-1.0-1.fc42.noarch",
      "mint-1.0-1.fc42.x86_64",
      "mint-data-1.0-1.fc42.x86_64",
      "mint-devel-1.0-1.fc42.i686",
      "mint-devel-1.0-1.fc42.x86_64",
      "mint-libs-1.0-1.fc42.i686",
      "mint-libs-1.0-1.fc42.x86_64",
    ]);
  });

  it("libsolv installs what depends on another, and says what cannot be", async () => {
    assert.deepEqual((await solve("/repositories/f42/x86_64/", "julep")).installs, [
      "julep-1.0-1.fc42.noarch",
      "mint-1.0-1.fc42.x86_64",
    ]);
    assert.deepEqual(await solve("/repositories/f42-updates-testing/x86_64/"), [], "soda is metadata only");
  });

  it("the 32-bit repository has only its own architecture", async () => {
    const names = await solve("/repositories/f42/i686/");
    assert.ok(names.includes("mint-1.0-1.fc42.i686") && !names.some((name) => name.endsWith("x86_64")));
    assert.deepEqual(await solve("/repositories/f42/i386/"), names, "under Fedora's name for it too");
  });

  it("source RPMs have a repository of their own", async () => {
    assert.deepEqual(await solve("/repositories/f42/source/"), ["julep-1.0-1.fc42.src", "mint-1.0-1.fc42.src"]);
  });

  it("DNF queries", async () => {
    const { code, out, err } = await dnf(
      "f42",
      "repoquery",
      "--qf",
      "%{name}-%{version}-%{release}.%{arch}",
      "--whatrequires",
      "mint",
    );
    assert.equal(code, 0, err);
    assert.match(out, /^julep-1\.0-1\.fc42\.noarch$/m);
  });

  it("DNF resolves and downloads by the repository's own paths", async () => {
    const { code, out, err } = await dnf(
      "f42",
      "install",
      "--downloadonly",
      `--downloaddir=${join(directory, "rpms")}`,
      "julep",
    );
    assert.equal(code, 0, out + err);
    assert.deepEqual(readdirSync(join(directory, "rpms")).sort(), [
      "julep-1.0-1.fc42.noarch.rpm",
      "mint-1.0-1.fc42.x86_64.rpm",
    ]);
  });

  it("koji's own repositories follow their tag at once", async () => {
    const path = "/kojifiles/repos/f42-build/latest/x86_64/";
    const names = await solve(path);
    assert.ok(names.includes("julep-1.0-1.fc42.noarch"));
    assert.ok(!names.some((name) => name.startsWith("mint-2.0")));
    const tagged = { action: "tagBuild", build: "mint-2.0-1.fc42", tag: "f42-updates" };
    assert.equal((await infra.control("POST", "/actions", tagged)).status, 200);
    assert.ok((await solve(path)).includes("mint-2.0-1.fc42.x86_64"));
    const untagged = { action: "untagBuild", build: "mint-2.0-1.fc42", tag: "f42-updates" };
    assert.equal((await infra.control("POST", "/actions", untagged)).status, 200);
  });

  it("the distribution's repositories change with a push, and only then", async () => {
    const path = "/repositories/f42-updates-testing/x86_64/";
    const before = await (await fetch(infra.url("koji", `${path}repodata/repomd.xml`))).text();
    await infra.control("POST", "/actions", {
      action: "tagBuild",
      build: "mint-2.0-1.fc42",
      tag: "f42-updates-testing",
    });
    assert.equal(
      await (await fetch(infra.url("koji", `${path}repodata/repomd.xml`))).text(),
      before,
      "tagged, not yet pushed",
    );
    await infra.control("POST", "/actions", {
      action: "untagBuild",
      build: "mint-2.0-1.fc42",
      tag: "f42-updates-testing",
    });
    await infra.control("POST", "/actions", { action: "advanceClock", seconds: 3600 });
    const { status, body } = await infra.control("POST", "/actions", { action: "push", request: "testing" });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(await solve(path), [
      "mint-2.0-1.fc42.x86_64",
      "mint-libs-2.0-1.fc42.i686",
      "mint-libs-2.0-1.fc42.x86_64",
    ]);
  });

  it("metadata are the same bytes on every load", async () => {
    const read = async () => (await fetch(infra.url("koji", "/repositories/f42/x86_64/repodata/repomd.xml"))).text();
    await infra.loadScenario(join(__dirname, "scenario.yaml"));
    const first = await read();
    await infra.loadScenario(join(__dirname, "scenario.yaml"));
    assert.equal(await read(), first);
  });

  it("a half-written repository cannot be read", async () => {
    await infra.control("POST", "/faults", { kind: "halfRepository" });
    const shown = await dnf("f42", "repoquery", "--setopt=retries=1", `--setopt=cachedir=${join(directory, "other")}`);
    await infra.control("DELETE", "/faults");
    assert.notEqual(shown.code, 0, shown.out);
    assert.match(shown.err, /Failed to download metadata|404/);
  });

  it("serves nothing from outside a repository", async () => {
    for (const path of [
      "..%2f..%2f..%2fetc/passwd",
      "%2e%2e/%2e%2e/secrets",
      "Packages/../../x",
      "Packages/nothing.rpm",
      "repodata/%00",
    ]) {
      const { status } = await infra.get("koji", `/repositories/f42/x86_64/${path}`);
      assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    }
    assert.equal(existsSync("/etc/passwd"), true);
  });
});
