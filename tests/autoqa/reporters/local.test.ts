import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalReporter } from "../../../autoqa/reporters/local";
import type { Post } from "../../../autoqa/reporters/posts";

const post: Post = {
  id: 1,
  job: 7,
  destination: "bodhi",
  state: "sending",
  attempts: 1,
  remark: "",
  payload: {
    type: "koji_build",
    item: "pebble-0.3-1.fc39",
    test: "rpmlint",
    outcome: "FAILED",
    arch: "noarch",
    url: "http://autoqa:8080/results/7",
    note: "2 errors",
    builds: ["pebble-0.3-1.fc39"],
    target: "testing",
    arches: ["x86_64"],
  },
};

describe("LocalReporter", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "local-reporter-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("writes down what would have been posted, the comment's text included, and sends nothing", async () => {
    const file = join(directory, "posts.log");
    const delivered = await new LocalReporter("bodhi", file).deliver(post);
    assert.deepEqual(delivered, {
      state: "skipped",
      remark: "would be posted: rpmlint FAILED on noarch for pebble-0.3-1.fc39",
    });
    await new LocalReporter("resultsdb", file).deliver({ ...post, destination: "resultsdb" });
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const [comment, result] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(comment?.destination, "bodhi");
    assert.match(String(comment?.text), /^AutoQA: rpmlint test FAILED on noarch\./);
    assert.deepEqual([result?.destination, result?.job, result?.outcome], ["resultsdb", 7, "FAILED"]);
  });
});
