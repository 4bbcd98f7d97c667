import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchSource } from "../../../autoqa/contract/fetch";
import { ContractError, readManifest } from "../../../autoqa/contract/manifest";

const manifest = "version: 1\ninstall: [echo built > product]\nserver: { start: [python3, tiny.py] }\n";

describe("fetching an AutoQA", () => {
  let directory: string;
  let repository: string;
  let target: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-contract-"));
    repository = join(directory, "repository");
    target = join(directory, "checkout");
    mkdirSync(repository);
    git("init", "--quiet", "--initial-branch", "master");
    commit("autoqa-staging.yaml", manifest);
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function git(...args: string[]): string {
    const identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
    return execFileSync("git", [...identity, ...args], { cwd: repository, encoding: "utf8" }).trim();
  }

  function commit(name: string, content: string): string {
    writeFileSync(join(repository, name), content);
    git("add", name);
    git("commit", "--quiet", "--message", name);
    return git("rev-parse", "HEAD");
  }

  it("takes a branch, a tag or a commit, and says which commit it was", async () => {
    const first = git("rev-parse", "HEAD");
    git("tag", "--annotate", "--message", "x", "v1");
    const second = commit("news", "2");
    git("checkout", "--quiet", "-b", "stable", first);
    const third = commit("news", "3");
    git("checkout", "--quiet", "master");
    for (const [ref, expected] of [
      ["master", second],
      ["stable", third],
      ["v1", first],
      [first, first],
      [second.slice(0, 12), second],
    ] as const) {
      assert.equal((await fetchSource({ repository, ref }, target)).commit, expected, ref);
      rmSync(target, { recursive: true });
    }
  });

  it("installs, and leaves only what belongs into a machine", async () => {
    const fetched = await fetchSource({ repository, ref: "master" }, target);
    assert.equal(readFileSync(join(target, "product"), "utf8"), "built\n");
    assert.equal(existsSync(join(target, ".git")), false);
    assert.deepEqual(fetched.manifest.server.start, ["python3", "tiny.py"]);
  });

  for (const [what, source, message] of [
    ["a ref that does not exist", { ref: "nowhere" }, /has no branch, tag or commit nowhere\.$/],
    ["a ref that is an option", { ref: "--all" }, /has no branch, tag or commit --all\.$/],
    [
      "a repository that does not exist",
      { repository: "/nowhere", ref: "master" },
      /\/nowhere cannot be cloned:\n.*does not exist/s,
    ],
  ] as const) {
    it(`says what is wrong with ${what}`, async () => {
      await assert.rejects(
        fetchSource({ repository, ...source }, target),
        (error: unknown) => error instanceof ContractError && message.test(error.message),
      );
    });
  }

  it("shows the last lines of an installation that fails", async () => {
    commit(
      "autoqa-staging.yaml",
      manifest.replace("echo built > product", "seq 100; echo no such package >&2; exit 3"),
    );
    await assert.rejects(fetchSource({ repository, ref: "master" }, target), (error: Error) => {
      const lines = error.message.split("\n");
      assert.match(lines[0] ?? "", /^The installation command failed: seq 100/);
      assert.deepEqual([lines.length, lines.at(-1), lines[1]], [21, "no such package", "82"]);
      return true;
    });
  });

  it("keeps passwords out of messages", async () => {
    const withPassword = "http://joe:secret@127.0.0.1:1/autoqa.git";
    await assert.rejects(fetchSource({ repository: withPassword, ref: "x" }, target), (error: Error) => {
      assert.ok(!error.message.split("\n")[0]?.includes("secret"), error.message);
      return /^The repository http:\/\/127\.0\.0\.1:1\/autoqa\.git cannot be cloned/.test(error.message);
    });
  });

  for (const [what, content, message] of [
    ["is not YAML", "a: [", /is not YAML/],
    ["lacks the server", "version: 1", /server: /],
    ["has a typo", `${manifest}clients: {}\n`, /clients/],
    ["is of another version", manifest.replace("1", "2"), /version: /],
  ] as const) {
    it(`says where the manifest ${what}`, () => {
      writeFileSync(join(repository, "autoqa-staging.yaml"), content);
      assert.throws(
        () => readManifest(repository),
        (error: Error) => error instanceof ContractError && message.test(error.message),
      );
    });
  }

  it("says what to do where there is no manifest", () => {
    assert.throws(() => readManifest(directory), /no autoqa-staging\.yaml or .* \(docs\/autoqa-contract\.md/);
  });
});
