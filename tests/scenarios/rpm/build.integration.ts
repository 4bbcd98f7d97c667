import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Recipe } from "../../../scenarios/format/recipe";
import { buildRpms } from "../../../scenarios/rpm/build";
import { readHeaders } from "../../../scenarios/rpm/header";

/** What Debian 12's rpmbuild (4.18.0) makes of the recipe below: on any such host, in any directory. */
const EXPECTED = {
  "hello-1.0-1.fc15.i686.rpm": "23b8d8f947a9dc2d412f7e9ca79472e6825b4d36461e14095c4ca857498cc54e",
  "hello-1.0-1.fc15.src.rpm": "5259ca35543a8f85ad3b3dac7bddb0d5169b1c6b86a1e41fb84684b3e792247f",
  "hello-1.0-1.fc15.x86_64.rpm": "d4d4efc9fbee410d24b28e0e879498f58a3be4093b559ea7a2d6e217feb3fcb0",
  "hello-libs-1.0-1.fc15.i686.rpm": "2b60f14ab2371ccc22774961054f977bbd49fc32bb65b0ef4e2625b2f8117a03",
  "hello-libs-1.0-1.fc15.x86_64.rpm": "fd882313622a9af6df7a242027e2052e798cdd707493c3c4bd43a00613bc7a95",
};

const INPUT = {
  nvr: { name: "hello", version: "1.0", release: "1.fc15" },
  epoch: 3,
  recipe: Recipe.parse({
    summary: "Say hello",
    arches: ["i686", "x86_64"],
    requires: ["bash"],
    onlyOn: { i686: { requires: ["libold.so.1"] } },
    files: { "/usr/bin/hello": { mode: "0755", content: "#!/bin/sh\necho 100%\n" } },
    subpackages: { libs: { provides: ["libhello.so.1"], files: { "/usr/share/hello/data": "é\n" } } },
  }),
  packager: "alice <alice@example.org>",
  date: new Date("2011-05-21T17:00:00Z"),
};

describe("buildRpms", function () {
  this.timeout(60_000);
  const directories: string[] = [];
  const freshDirectory = async () => {
    const directory = await mkdtemp(join(tmpdir(), "rpm build-"));
    directories.push(directory);
    return directory;
  };
  after(async () => {
    for (const directory of directories) await rm(directory, { recursive: true, force: true });
  });

  it("builds the same bytes in every directory, whatever the user's configuration", async () => {
    const [first, second] = [await freshDirectory(), await freshDirectory()];
    const one = await buildRpms(INPUT, { cacheDirectory: first });
    const { TZ, LANG, HOME } = process.env;
    Object.assign(process.env, { TZ: "Pacific/Auckland", LANG: "de_DE.UTF-8", HOME: "/nonexistent" });
    const other = await buildRpms(INPUT, { cacheDirectory: join(second, "deeper", "still") });
    Object.assign(process.env, { TZ: TZ ?? "", LANG: LANG ?? "", HOME: HOME ?? "" });
    const digests = (rpms: typeof one) =>
      Object.fromEntries(rpms.map(({ path, sha256 }) => [path.split("/").at(-1), sha256]));
    assert.deepEqual(digests(one), digests(other));
    assert.deepEqual(digests(one), EXPECTED);
  });

  it("says in the headers what the recipe says", async () => {
    const rpms = await buildRpms(INPUT, { cacheDirectory: await freshDirectory() });
    const headers = rpms.map(({ header }) => header);
    assert.deepEqual(
      headers.map(({ name, epoch, arch, sourceRpm }) => [name, epoch, arch, sourceRpm]),
      [
        ["hello", 3, "i686", "hello-1.0-1.fc15.src.rpm"],
        ["hello-libs", 3, "i686", "hello-1.0-1.fc15.src.rpm"],
        ["hello", 3, "x86_64", "hello-1.0-1.fc15.src.rpm"],
        ["hello-libs", 3, "x86_64", "hello-1.0-1.fc15.src.rpm"],
        ["hello", 3, "src", null],
      ],
    );
    assert.ok(headers.every(({ buildTime }) => buildTime === INPUT.date.getTime() / 1000));
    const query = (path: string, what: string) =>
      execFileSync("rpm", ["-qp", "--nosignature", what, path], { encoding: "utf8" });
    const [i686 = "", , x86_64 = ""] = rpms.map(({ path }) => path);
    assert.match(query(i686, "--requires"), /^bash$[\s\S]*^libold\.so\.1$/m);
    assert.doesNotMatch(query(x86_64, "--requires"), /libold/);
    assert.match(query(x86_64, "--provides"), /^hello\(x86-64\) = 3:1\.0-1\.fc15$/m);
    assert.match(
      execFileSync("rpm", ["-qp", "--nosignature", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\\n]", i686], {
        encoding: "utf8",
      }),
      /^-rwxr-xr-x \/usr\/bin\/hello$/m,
    );
  });

  it("takes from the cache what is intact, and leaves nothing else there", async () => {
    const cacheDirectory = await freshDirectory();
    const [rpm] = await buildRpms(INPUT, { cacheDirectory });
    assert.ok(rpm !== undefined);
    assert.equal((await readdir(cacheDirectory)).length, 1);
    const { mtimeMs } = await stat(rpm.path);
    await buildRpms(INPUT, { cacheDirectory });
    assert.equal((await stat(rpm.path)).mtimeMs, mtimeMs);
    await truncate(rpm.path, 100);
    const [again] = await buildRpms(INPUT, { cacheDirectory });
    assert.equal(again?.sha256, rpm.sha256);
    assert.ok((await readFile(rpm.path)).length > 100);
    assert.equal((await readdir(cacheDirectory)).length, 1);
  });

  it("agrees with others that build the same at the same time", async () => {
    const cacheDirectory = await freshDirectory();
    const builds = await Promise.all(Array.from({ length: 3 }, () => buildRpms(INPUT, { cacheDirectory })));
    assert.deepEqual(builds[1], builds[0]);
    assert.deepEqual(builds[2], builds[0]);
  });

  it("passes on rpmbuild's words, and leaves nothing half-made", async () => {
    const cacheDirectory = await freshDirectory();
    const broken = { ...INPUT, recipe: { ...INPUT.recipe, requires: ["foo >= 1.0 bar <"] } };
    await assert.rejects(
      buildRpms(broken, { cacheDirectory }),
      /rpmbuild: error: line \d+: .*Requires: foo >= 1\.0 bar </,
    );
    assert.deepEqual(await readdir(cacheDirectory), []);
  });
});

describe("readHeaders", function () {
  this.timeout(30_000);

  it("names the file that is no RPM", async () => {
    await assert.rejects(readHeaders([__filename]), (error: Error & { file?: string }) => {
      assert.equal(error.file, __filename);
      return /not an rpm package|not an RPM/i.test(error.message);
    });
  });

  it("reads any number of files, none included", async () => {
    assert.deepEqual(await readHeaders([]), []);
    const rpm = join(__dirname, "../../../scenarios/rpmlint-dist-tags/rpms/almanac-2011.1-1.fc15.noarch.rpm");
    const headers = await readHeaders(Array.from({ length: 1201 }, () => rpm));
    assert.equal(headers.length, 1201);
    assert.ok(headers.every(({ name, sizeBytes }) => name === "almanac" && sizeBytes === 6665));
  });
});
