import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchSource } from "../../../autoqa/contract/fetch";
import { ContractError } from "../../../autoqa/contract/manifest";
import { until } from "../harness";
import { Repository } from "./repository";

const name = "autoqa-staging.yaml";
const manifest = (install: string) =>
  JSON.stringify({ version: 1, install: [install], server: { start: ["python3", "tiny.py"] } });

describe("fetching an AutoQA", () => {
  let directory: string;
  let cache: string;
  let repository: Repository;
  let first: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-contract-"));
    cache = join(directory, "cache");
    repository = new Repository(join(directory, "repository"));
    first = repository.commit({ [name]: manifest(`echo . >> ${directory}/installed; echo built > product`) });
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const fetched = (ref: string, from = repository.path) => fetchSource({ repository: from, ref }, cache);
  const installations = () => readFileSync(join(directory, "installed"), "utf8").length / 2;

  it("takes a branch, a tag or a commit, and says which commit it was", async () => {
    repository.git("tag", "--annotate", "--message", "x", "v1");
    repository.git("tag", "light");
    const second = repository.commit({ news: "2" });
    repository.git("checkout", "--quiet", "-b", "stable", first);
    const third = repository.commit({ news: "3" });
    for (const [ref, expected] of [
      ["main", second],
      ["stable", third],
      ["HEAD", third],
      ["v1", first],
      ["light", first],
      [first, first],
      [second.slice(0, 12), second],
    ] as const) {
      assert.equal((await fetched(ref)).commit, expected, ref);
    }
  });

  it("prefers a branch to a tag of its name, and never takes another branch that ends like it", async () => {
    repository.git("tag", "twice");
    repository.git("checkout", "--quiet", "-b", "twice");
    const branch = repository.commit({ news: "2" });
    repository.git("checkout", "--quiet", "-b", "somebodys/only");
    assert.equal((await fetched("twice")).commit, branch);
    await assert.rejects(fetched("only"), /has no branch, tag or commit only\.$/);
  });

  it("installs, and keeps what belongs into a machine", async () => {
    const { files, manifest } = await fetched("main");
    const listed = execFileSync("tar", ["--list", "--verbose", "--numeric-owner"], {
      input: files,
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC" },
    });
    assert.deepEqual(
      listed
        .trim()
        .split("\n")
        .map((line) => line.split(/\s+/))
        .map(([mode, owner, , date, , entry]) => [mode, owner, date, entry]),
      [
        ["drwxr-xr-x", "0/0", "1970-01-01", "autoqa/"],
        ["-rw-r--r--", "0/0", "1970-01-01", `autoqa/${name}`],
        ["-rw-r--r--", "0/0", "1970-01-01", "autoqa/product"],
      ],
    );
    assert.deepEqual(manifest.server.start, ["python3", "tiny.py"]);
  });

  it("fetches and installs a commit once, and a moved branch anew", async () => {
    const { files } = await fetched("main");
    assert.deepEqual((await fetched("main")).files, files);
    assert.deepEqual((await fetched(first)).files, files);
    assert.equal(installations(), 1);
    const second = repository.commit({ news: "2" });
    assert.equal((await fetched("main")).commit, second);
    assert.equal(installations(), 2);
    assert.deepEqual(readdirSync(cache).sort(), [first, second].sort());
  });

  it("needs no repository for a commit that it has", async () => {
    await fetched(first);
    assert.equal((await fetched(first, "/nowhere")).commit, first);
  });

  it("takes the same commit for two deploys at a time", async () => {
    const [one, other] = await Promise.all([fetched("main"), fetched("main")]);
    assert.deepEqual(one, other);
    assert.deepEqual(readdirSync(cache), [first]);
  });

  it("works from another repository's hook, as CI may be started", async () => {
    process.env.GIT_DIR = join(directory, "other.git");
    try {
      assert.equal((await fetched("main")).commit, first);
    } finally {
      delete process.env.GIT_DIR;
    }
  });

  it("tells an installation none of Pulumi's secrets, and shows it git's own data", async () => {
    process.env.PULUMI_CONFIG_PASSPHRASE = "a secret";
    try {
      const check = 'test -z "$PULUMI_CONFIG_PASSPHRASE" && git rev-parse HEAD > product';
      const commit = repository.commit({ [name]: manifest(check) });
      const { files } = await fetched("main");
      const product = execFileSync("tar", ["--extract", "--to-stdout", "autoqa/product"], { input: files });
      assert.equal(product.toString().trim(), commit);
    } finally {
      delete process.env.PULUMI_CONFIG_PASSPHRASE;
    }
  });

  describe("over a transport", () => {
    let daemon: ChildProcess | undefined;

    afterEach(async () => {
      if (daemon === undefined) return;
      daemon.kill();
      await once(daemon, "exit");
      daemon = undefined;
    });

    it("takes a bare repository by its path and by a file URL", async () => {
      const bare = join(directory, "bare.git");
      execFileSync("git", ["clone", "--quiet", "--bare", repository.path, bare]);
      assert.equal((await fetched("main", bare)).commit, first);
      rmSync(cache, { recursive: true });
      assert.equal((await fetched("main", `file://${bare}`)).commit, first);
    });

    it("takes one from a git daemon", async () => {
      const port = await freePort();
      const options = ["--export-all", "--listen=127.0.0.1", `--port=${port}`, `--base-path=${directory}`];
      // Not through `git`, which would leave the daemon running when it is ended.
      const program = join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-daemon");
      daemon = spawn(program, options, { stdio: "ignore" });
      const url = `git://127.0.0.1:${port}/repository`;
      await until("the daemon answers", 10, () =>
        fetched("main", url).then(
          ({ commit }) => commit === first,
          () => false,
        ),
      );
    });
  });

  for (const [what, ref, from, message] of [
    ["a ref that does not exist", "nowhere", undefined, /repository has no branch, tag or commit nowhere\.$/],
    ["an abbreviated commit that does not exist", "0badcafe", undefined, /has no branch, tag or commit 0badcafe\.$/],
    ["a commit that does not exist", "0".repeat(40), undefined, /has no branch, tag or commit 0{40}\.$/],
    ["an option instead of a ref", "--upload-pack=x", undefined, /has no branch, tag or commit --upload-pack=x\.$/],
    [
      "a repository that does not exist",
      "main",
      "/nowhere",
      /^The repository \/nowhere cannot be read:\n.*not appear/s,
    ],
    ["a transport that runs commands", "main", "ext::sh -c true", /cannot be read:\n.*'ext' not allowed/s],
    [
      "a password",
      "main",
      "http://joe:secret@127.0.0.1:1/a.git",
      /^The repository http:\/\/127\.0\.0\.1:1\/a\.git .*read/,
    ],
  ] as const) {
    it(`says what is wrong with ${what}, and leaves nothing`, async () => {
      await assert.rejects(fetched(ref, from), (error: unknown) => {
        assert.ok(error instanceof ContractError);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
      assert.deepEqual(existsSync(cache) ? readdirSync(cache) : [], []);
    });
  }

  it("clears away what a fetch left that was killed, and not what is being fetched", async () => {
    const aDayAgo = Date.now() / 1000 - 24 * 3600 - 1;
    for (const left of ["new-killed", "new-running"]) mkdirSync(join(cache, left), { recursive: true });
    utimesSync(join(cache, "new-killed"), aDayAgo, aDayAgo);
    await fetched("main");
    assert.deepEqual(readdirSync(cache).sort(), [first, "new-running"].sort());
  });

  it("shows the last lines of an installation that fails, and leaves nothing", async () => {
    repository.commit({ [name]: manifest("seq 100; echo no such package >&2; exit 3") });
    await assert.rejects(fetched("main"), (error: Error) => {
      const lines = error.message.split("\n");
      assert.match(lines[0] ?? "", /^The installation command failed: seq 100/);
      assert.deepEqual([lines.length, lines.at(-1), lines[1]], [21, "  no such package", "  82"]);
      return true;
    });
    assert.deepEqual(readdirSync(cache), []);
  });

  it("does not wait for an installation that asks something", async () => {
    repository.commit({ [name]: manifest('read -r answer || exit 7; echo "$answer"') });
    await assert.rejects(fetched("main"), /The installation command failed: read -r answer/);
  });

  it("says so where there is no manifest", async () => {
    repository.git("rm", "--quiet", name);
    repository.commit({ other: "" });
    await assert.rejects(fetched("main"), /The repository has no autoqa-staging\.yaml/);
    assert.deepEqual(readdirSync(cache), []);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
