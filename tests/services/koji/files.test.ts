import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { TestInfra } from "../support/infra";
import { build, fedora2011, rpm } from "../support/situation";

const CONTENT = Buffer.from("not an RPM, but a file with 40 bytes in it");
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
const NVR = "soda-3.0-1.fc15";
const BASE = "/kojifiles/packages/soda/3.0/1.fc15";

describe("services/koji: files", () => {
  let infra: TestInfra;

  before(async () => {
    infra = await TestInfra.start();
    const file = { sha256: SHA256 };
    const soda = build(NVR, ["dist-f15"], {
      rpms: [
        rpm(NVR, "src"),
        rpm(NVR, "x86_64", { file, signingKeys: ["105EF944"] }),
        rpm(NVR, "noarch", { file, name: "soda<doc>" }),
      ],
    });
    const deleted = build("gone-1-1", [], { state: "DELETED", rpms: [rpm("gone-1-1", "x86_64", { file })] });
    const given = fedora2011();
    const { builds } = fedora2011({ builds: [soda, deleted] });
    const answer = await infra.load({ ...given, builds: [...given.builds, ...builds] }, new Map([[SHA256, CONTENT]]));
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  });
  after(() => infra.close());

  async function status(path: string, init?: RequestInit): Promise<number> {
    return (await fetch(infra.url("koji", path), init)).status;
  }

  it("serves an RPM by koji's path, whatever the volume's spelling", async () => {
    for (const path of [BASE, BASE.replace("/packages", "/vol/DEFAULT/packages")]) {
      const response = await fetch(infra.url("koji", `${path}/x86_64/${NVR}.x86_64.rpm`));
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "application/x-rpm");
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), CONTENT);
    }
    const head = await fetch(infra.url("koji", `${BASE}/x86_64/${NVR}.x86_64.rpm`), { method: "HEAD" });
    assert.equal(head.headers.get("content-length"), String(CONTENT.length));
    assert.equal((await head.arrayBuffer()).byteLength, 0);
  });

  it("serves a signed copy only for a key that signed it, in lower case as koji does", async () => {
    const signed = (key: string): string => `${BASE}/data/signed/${key}/x86_64/${NVR}.x86_64.rpm`;
    assert.deepEqual(
      [await status(signed("105ef944")), await status(signed("105EF944")), await status(signed("deadbeef"))],
      [200, 404, 404],
    );
  });

  it("serves logs of the architectures that were built", async () => {
    const log = await infra.get("koji", `${BASE}/data/logs/x86_64/build.log`);
    assert.match(log.body, /build\.log of soda-3\.0-1\.fc15 for x86_64: state COMPLETE/);
    assert.equal(await status(`${BASE}/data/logs/s390x/build.log`), 404);
    assert.equal(await status(`${BASE}/data/logs/x86_64/other.log`), 404);
  });

  it("lists directories, names escaped", async () => {
    assert.match((await infra.get("koji", BASE)).body, /<a href="x86_64">x86_64<\/a>/);
    const { body } = await infra.get("koji", `${BASE}/noarch`);
    assert.match(body, /<a href="soda%3Cdoc%3E-3\.0-1\.fc15\.noarch\.rpm">soda&lt;doc&gt;-3\.0/);
  });

  it("has no file of what is metadata only, deleted or elsewhere", async () => {
    const before = (await infra.journal()).length;
    const missing = [
      `${BASE}/src/${NVR}.src.rpm`,
      `${BASE}/i686/${NVR}.x86_64.rpm`,
      "/kojifiles/packages/gone/1/1/x86_64/gone-1-1.x86_64.rpm",
      "/kojifiles/packages/mint/9/9/x86_64/mint-9-9.x86_64.rpm",
      "/kojifiles/work/tasks/1",
      "/repositories/f99/x86_64/repodata/repomd.xml",
    ];
    for (const path of missing) assert.equal(await status(path), 404, path);
    const entries = (await infra.journal()).slice(before);
    assert.equal(entries.length, missing.length);
    assert.match(entries[0].answer, /soda-3\.0-1\.fc15\.src\.rpm is known by its metadata only/);
    assert.deepEqual(
      entries.filter(({ unmodelled }) => unmodelled).map(({ method }) => method),
      ["GET /kojifiles/work/tasks/1"],
    );
  });

  it("never leaves its directories, and writes nothing", async () => {
    for (const path of [
      "/kojifiles/packages/%2e%2e/%2e%2e/etc/passwd",
      "/kojifiles/%2e%2e%2fetc",
      "/kojifiles/%ff",
      "/kojifiles/a%00b",
    ]) {
      assert.ok([400, 404].includes(await status(path)), path);
    }
    assert.equal(await status(`${BASE}/x86_64/${NVR}.x86_64.rpm`, { method: "PUT", body: "x" }), 405);
  });

  it("breaks off a download when told to", async () => {
    const fault = { kind: "truncate", service: "koji", match: `${BASE}/x86_64/`, bytes: 10, times: 1 };
    const set = await infra.control("POST", "/faults", fault);
    assert.ok(set.status < 300, JSON.stringify(set.body));
    const url = infra.url("koji", `${BASE}/x86_64/${NVR}.x86_64.rpm`);
    await assert.rejects(fetch(url).then((response) => response.arrayBuffer()));
    assert.equal((await (await fetch(url)).arrayBuffer()).byteLength, CONTENT.length);
  });
});
