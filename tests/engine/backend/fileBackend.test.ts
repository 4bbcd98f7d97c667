import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { FileBackend } from "../../../engine/backend/fileBackend";
import { UserError } from "../../../engine/errors";

const ID = { project: "proj", stack: "dev" };
const deployment = (resource: string) => ({ manifest: {}, resources: [{ urn: resource }], metadata: {} });

describe("the file backend", () => {
  let directory: string;
  let backend: FileBackend;
  const place = (...parts: string[]) => path.join(directory, ".pulumi", ...parts);

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "backend-"));
    backend = new FileBackend(`file://${directory}`);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("has the official layout and format", async () => {
    await backend.save(ID, deployment("a"));
    assert.equal(readFileSync(place("meta.yaml"), "utf8"), "version: 1\n");
    assert.equal(
      readFileSync(place("stacks", "proj", "dev.json"), "utf8"),
      '{"version":3,"checkpoint":{"stack":"organization/proj/dev","latest":{"manifest":{},"resources":[{"urn":"a"}],"metadata":{}}}}',
    );
  });

  it("keeps the state before the last write as .bak, and leaves nothing else behind", async () => {
    await backend.save(ID, deployment("a"));
    await backend.checkpoint(ID, deployment("b"));
    assert.deepEqual(await backend.load(ID), deployment("b"));
    assert.match(readFileSync(place("stacks", "proj", "dev.json.bak"), "utf8"), /"urn":"a"/);
    assert.deepEqual(readdirSync(place("stacks", "proj")).sort(), ["dev.json", "dev.json.bak"]);
  });

  it("lists the stacks of a project and forgets removed ones with all that was theirs", async () => {
    await backend.save(ID, undefined);
    await backend.save({ project: "proj", stack: "other" }, undefined);
    assert.deepEqual(await backend.list("proj"), ["dev", "other"]);
    assert.deepEqual(await backend.list("nobody"), []);
    await backend.remove(ID);
    assert.deepEqual(readdirSync(place("stacks", "proj")), ["other.json"]);
  });

  it("records each update, and what it left behind", async () => {
    await backend.save(ID, deployment("a"));
    const update = { kind: "update", startTime: 1, endTime: 2, result: "succeeded", version: 1 } as const;
    await backend.record(ID, { ...update, resourceChanges: { create: 1 }, config: {} });
    const [checkpoint, history] = readdirSync(place("history", "proj", "dev")).sort();
    assert.match(checkpoint ?? "", /^dev-\d{19}\.checkpoint\.json$/);
    const entry = JSON.parse(readFileSync(place("history", "proj", "dev", history ?? ""), "utf8"));
    assert.equal(entry.kind, "update");
    assert.deepEqual(entry.resourceChanges, { create: 1 });
    assert.match(readdirSync(place("backups", "proj", "dev"))[0] ?? "", /^dev\.\d{19}\.json$/);
    const updated = (await backend.lastUpdate(ID)) ?? 0;
    assert.ok(Math.abs(updated - Date.now() / 1000) < 60);
  });

  it("says that a stack does not exist, with the official exit code", async () => {
    await assert.rejects(backend.load(ID), (error: UserError) => {
      assert.equal(error.message, "no stack named 'dev' found");
      assert.equal(error.code, 6);
      return true;
    });
  });

  const damages: Record<string, (text: string) => string> = {
    "cut off in the middle": (text) => text.slice(0, text.length / 2),
    empty: () => "",
    "not an object": () => "[]",
    "without a checkpoint": () => '{"version":3}',
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`refuses a state file that is ${what}, names it, its .bak and the remedy, and overwrites nothing`, async () => {
      await backend.save(ID, deployment("a"));
      await backend.checkpoint(ID, deployment("b"));
      const file = place("stacks", "proj", "dev.json");
      const damaged = damage(readFileSync(file, "utf8"));
      writeFileSync(file, damaged);
      await assert.rejects(backend.load(ID), (error: Error) => {
        assert.ok(error instanceof UserError);
        assert.ok(error.message.includes(file), error.message);
        if (what !== "not an object") {
          assert.ok(error.message.includes(`${file}.bak`), error.message);
          assert.match(error.message, /copy it over .* and run `npm run engine -- refresh --stack dev`/);
        }
        return true;
      });
      assert.equal(readFileSync(file, "utf8"), damaged);
      assert.match(readFileSync(`${file}.bak`, "utf8"), /"urn":"a"/);
    });
  }

  it("refuses formats that are newer than what it knows", async () => {
    await backend.save(ID, undefined);
    writeFileSync(place("stacks", "proj", "dev.json"), '{"version":4,"features":["views"],"checkpoint":{}}');
    await assert.rejects(backend.load(ID), /format version 4, but the local engine knows only version 3/);
  });

  it("wants an existing directory and nothing but files", () => {
    assert.throws(() => new FileBackend("https://api.pulumi.com"), /keeps state in files only/);
    assert.throws(() => new FileBackend(`file://${directory}/missing`), /does not exist: make it, then try again/);
  });

  it("leaves the state as it was when it cannot write", async () => {
    await backend.save(ID, deployment("a"));
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    await assert.rejects(backend.checkpoint(ID, circular as never));
    assert.deepEqual(await backend.load(ID), deployment("a"));
  });
});
