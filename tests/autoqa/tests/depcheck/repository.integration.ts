/** Repositories as they are and were, whole and half-written. Needs createrepo_c, rpmbuild, xz, bzip2 and python3-solv. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { Unreachable } from "../../../../autoqa/http/request";
import { DownloadError } from "../../../../autoqa/koji/files";
import { fetchRepository } from "../../../../autoqa/tests/depcheck/repository";
import { solve } from "../../../../autoqa/tests/depcheck/solve";
import { ToolError } from "../../../../autoqa/tools/exec";
import { buildPackages, createRepository } from "./rpms";

type Kind = "primary" | "filelists";

const asIs = (content: Buffer) => content;
const filter =
  (command: string, ...args: string[]) =>
  (content: Buffer): Buffer =>
    execFileSync(command, args, { input: content });

/** What a repository's entry may be, instead of what it should. */
interface Entry {
  href?: string;
  content?: Buffer;
  checksum?: string;
}

describe("depcheck's repositories", function () {
  this.timeout(60_000);
  let directory: string;
  let server: Server;
  let url: string;
  /** By path. */
  let files: Map<string, Buffer | number | "break off">;
  /** Uncompressed. */
  let metadata: Record<Kind, Buffer>;
  let user: string;
  const temporary: string[] = [];

  before(() => {
    const live = buildPackages([{ name: "data", files: ["/usr/share/data/x"] }, { name: "other" }], "1.0");
    const pending = buildPackages([{ name: "user", requires: ["/usr/share/data/x"] }], "1.0");
    const rpms = ["data", "other"].map((name) => join(live, `${name}-1.0-1.x86_64.rpm`));
    const { directory: created, primary, filelists } = createRepository(rpms, "f15");
    temporary.push(live, pending, created);
    metadata = { primary: gunzipSync(readFileSync(primary)), filelists: gunzipSync(readFileSync(filelists)) };
    user = join(pending, "user-1.0-1.x86_64.rpm");
  });

  after(() => {
    for (const each of temporary) rmSync(each, { recursive: true });
  });

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-repository-"));
    files = new Map();
    server = createServer((request, response) => {
      const file = files.get(request.url ?? "") ?? 404;
      if (file === "break off") {
        response.writeHead(200, { "content-length": 1000 });
        response.write("begun", () => response.destroy());
      } else if (typeof file === "number") response.writeHead(file).end();
      else response.end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true });
  });

  /** Serves a repository, whose repomd.xml looks like createrepo_c's of today. */
  function serve(
    entries: Partial<Record<Kind, Entry>>,
    { place = "/f15/x86_64", suffix = ".gz", compress = gzipSync as (content: Buffer) => Buffer, type = "sha256" } = {},
  ): void {
    const algorithm = type === "sha" ? "sha1" : type;
    const data = Object.entries(entries).map(([kind, entry]) => {
      const content = entry.content ?? compress(metadata[kind as Kind]);
      const checksum = entry.checksum ?? createHash(algorithm).update(content).digest("hex");
      const href = entry.href ?? `repodata/${checksum}-${kind}.xml${suffix}`;
      files.set(`${place}/${href}`, content);
      return `  <data type="${kind}">
    <checksum type="${type}">${checksum}</checksum>
    <open-checksum type="${type}">${"0".repeat(64)}</open-checksum>
    <location href="${href}"/>
    <timestamp>1747000000</timestamp>
    <size>${content.length}</size>
  </data>
  <data type="${kind}_zck">
    <checksum type="${type}">${"1".repeat(64)}</checksum>
    <location href="repodata/${kind}.xml.zck"/>
  </data>`;
    });
    const repomd = `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
  <revision>1747000000</revision>
${data.join("\n")}
</repomd>`;
    files.set(`${place}/repodata/repomd.xml`, Buffer.from(repomd));
  }

  const fetched = (arch = "x86_64") => fetchRepository(url, "f15", arch, directory);

  async function judge(): Promise<[packages: number, accepted: boolean | undefined]> {
    const task = {
      arch: "x86_64",
      repositories: [await fetched()],
      accepted: [],
      updates: [{ name: "U", rpms: [user] }],
    };
    const answer = await solve(task, directory);
    return [answer.packages, answer.updates[0]?.accepted];
  }

  for (const [suffix, compress] of [
    ["", asIs],
    [".gz", gzipSync],
    [".zst", zstdCompressSync],
    [".xz", filter("xz")],
    [".bz2", filter("bzip2")],
  ] as const) {
    it(`are read with metadata in files *.xml${suffix}, the file lists included`, async () => {
      serve({ primary: {}, filelists: {} }, { suffix, compress });
      assert.deepEqual(await judge(), [2, true]);
    });
  }

  for (const type of ["sha", "sha1", "sha256", "sha512"]) {
    it(`are checked by ${type}`, async () => {
      serve({ primary: {}, filelists: {} }, { type });
      assert.deepEqual(await judge(), [2, true]);
      serve({ primary: { checksum: "abc" }, filelists: {} }, { type });
      await assert.rejects(fetched(), DownloadError);
    });
  }

  it("are i386's in the directory i386 or i686", async () => {
    serve({ primary: {}, filelists: {} }, { place: "/f15/i686" });
    assert.equal((await fetched("i386")).name, "f15");
    files = new Map();
    serve({ primary: {}, filelists: {} }, { place: "/f15/i386" });
    assert.equal((await fetched("i386")).name, "f15");
  });

  describe("give no verdict when", () => {
    const rejected = (message: string) => assert.rejects(fetched(), new DownloadError(message));

    it("there is none", () => rejected("there is no repository f15 for x86_64"));

    it("its server is out of order", async () => {
      files.set("/f15/x86_64/repodata/repomd.xml", 503);
      await assert.rejects(fetched(), new Unreachable("the repository server answered HTTP 503"));
    });

    it("repomd.xml may not be read", async () => {
      files.set("/f15/x86_64/repodata/repomd.xml", 403);
      await rejected("there is no f15's repomd.xml (HTTP 403)");
    });

    it("repomd.xml is half written", async () => {
      serve({ primary: {}, filelists: {} });
      const path = "/f15/x86_64/repodata/repomd.xml";
      const whole = (files.get(path) as Buffer).toString();
      files.set(path, Buffer.from(whole.slice(0, whole.indexOf("</data>"))));
      await rejected("the repository f15 for x86_64 has no primary metadata");
    });

    it("it has no primary metadata", async () => {
      serve({ filelists: {} });
      await rejected("the repository f15 for x86_64 has no primary metadata");
    });

    it("it has no file lists", async () => {
      serve({ primary: {} });
      await rejected("the repository f15 for x86_64 has no filelists metadata");
    });

    it("its checksums are of an unknown kind", async () => {
      serve({ primary: {}, filelists: {} });
      const path = "/f15/x86_64/repodata/repomd.xml";
      files.set(path, Buffer.from((files.get(path) as Buffer).toString().replaceAll("sha256", "sha9")));
      await rejected("the repository f15 for x86_64 has no primary metadata");
    });

    it("a file that repomd.xml names is not there yet", async () => {
      serve({ primary: { href: "repodata/primary.xml.gz" }, filelists: {} });
      files.delete("/f15/x86_64/repodata/primary.xml.gz");
      await rejected("there is no f15's primary metadata (HTTP 404)");
    });

    it("a file is another one already", async () => {
      serve({ primary: {}, filelists: { href: "repodata/filelists.xml.gz" } });
      files.set("/f15/x86_64/repodata/filelists.xml.gz", gzipSync("other"));
      await rejected("the filelists metadata of f15 for x86_64 does not have its checksum");
    });

    it("a file lies above the repository", async () => {
      serve({ primary: { href: "../../secret.xml" }, filelists: {} });
      await rejected("the repository f15 for x86_64 has no primary metadata");
    });

    it("a file ends in the middle", async () => {
      serve({ primary: { href: "repodata/primary.xml.gz" }, filelists: {} });
      files.set("/f15/x86_64/repodata/primary.xml.gz", "break off");
      await assert.rejects(fetched(), Unreachable);
    });

    for (const [what, content] of [
      ["is no XML", () => gzipSync("no metadata")],
      ["was made of half a file", () => gzipSync(metadata.primary.subarray(0, -100))],
      ["is cut, and its checksum is the cut one's", () => gzipSync(metadata.primary).subarray(0, -30)],
    ] as const) {
      it(`the metadata ${what}`, async () => {
        serve({ primary: { content: content() }, filelists: {} });
        await assert.rejects(judge(), ToolError);
      });
    }
  });
});
