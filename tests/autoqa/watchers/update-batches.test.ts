import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { Bodhi } from "../../../autoqa/bodhi/client";
import { Release } from "../../../autoqa/bodhi/types";
import type { Event, PostBodhiUpdateBatch } from "../../../autoqa/events/events";
import { KojiHub } from "../../../autoqa/koji/hub";
import { openDatabase } from "../../../autoqa/server/database";
import { Batches } from "../../../autoqa/watchers/batch-memory";
import { UpdateBatchesWatcher } from "../../../autoqa/watchers/update-batches";
import { FakeInfrastructure, fakeRelease } from "../fake-infrastructure";

const releases = [fakeRelease("f14", "14"), fakeRelease("f15", "15")].map((each) => Release.parse(each));
const stable14 = "f14-updates-pending";
const stable15 = "f15-updates-pending";
const testing15 = "f15-updates-testing-pending";

describe("the watcher of update batches", () => {
  const infrastructure = new FakeInfrastructure();
  let url: string;
  let database: DatabaseSync;
  let watcher: UpdateBatchesWatcher;

  before(async () => {
    url = await infrastructure.start();
  });

  after(() => infrastructure.stop());

  beforeEach(() => {
    infrastructure.builds = [];
    infrastructure.taggings = [];
    infrastructure.updates = [];
    infrastructure.intercept = () => undefined;
    for (const nvr of ["mint-1-1", "mint-2-1", "julep-1-1"]) {
      infrastructure.addBuild(nvr, []);
      infrastructure.addUpdate(`UPDATE-${nvr}`, [nvr], { status: "testing", request: "stable" });
    }
    database = openDatabase(":memory:");
    watcher = restart();
  });

  function restart(): UpdateBatchesWatcher {
    return new UpdateBatchesWatcher(database, new KojiHub(`${url}/kojihub`), new Bodhi(`${url}/bodhi`));
  }

  async function look(): Promise<{ events: PostBodhiUpdateBatch[]; pending: boolean }> {
    const { events, pending, remember } = await watcher.look(releases);
    remember();
    return { events: events.filter(isBatch), pending };
  }

  function isBatch(event: Event): event is PostBodhiUpdateBatch {
    return event.event === "post-bodhi-update-batch";
  }

  /** What the next looks see, until all is quiet. */
  async function settled(): Promise<string[]> {
    const seen: string[] = [];
    for (let i = 0; i < 10; i++) {
      const { events, pending } = await look();
      seen.push(
        ...events.map(({ tag, cause, updates }) => `${tag} ${cause}: ${updates.map(({ name }) => name).join(" ")}`),
      );
      if (!pending && i > 1) break;
    }
    return seen;
  }

  it("waits until nothing more comes, then sees one batch, once", async () => {
    infrastructure.tag("mint-1-1", stable15);
    assert.deepEqual(await look(), { events: [], pending: true });
    infrastructure.tag("julep-1-1", stable15);
    assert.deepEqual(await look(), { events: [], pending: true });
    const { events, pending } = await look();
    assert.equal(pending, false);
    assert.deepEqual(
      events.map(({ tag, target, arches, updates }) => ({ tag, target, arches, updates })),
      [
        {
          tag: stable15,
          target: "stable",
          arches: ["i386", "x86_64"],
          updates: [
            { name: "UPDATE-mint-1-1", builds: ["mint-1-1"] },
            { name: "UPDATE-julep-1-1", builds: ["julep-1-1"] },
          ],
        },
      ],
    );
    assert.deepEqual(await settled(), []);
  });

  it("sees the set again when something leaves it or comes back", async () => {
    infrastructure.tag("mint-1-1", testing15);
    infrastructure.tag("julep-1-1", testing15);
    await settled();
    infrastructure.untag("mint-1-1", testing15);
    assert.deepEqual(await settled(), [`${testing15} changed: UPDATE-julep-1-1`]);
    infrastructure.untag("julep-1-1", testing15);
    assert.deepEqual(await settled(), []);
    infrastructure.tag("julep-1-1", testing15);
    assert.deepEqual(await settled(), [`${testing15} changed: UPDATE-julep-1-1`]);
  });

  it("sees also the sets of other releases that hold the same package", async () => {
    infrastructure.tag("mint-1-1", stable14);
    infrastructure.tag("julep-1-1", testing15);
    await settled();
    infrastructure.tag("mint-2-1", stable15);
    assert.deepEqual(await settled(), [
      `${stable14} other-release: UPDATE-mint-1-1`,
      `${stable15} changed: UPDATE-mint-2-1`,
    ]);
    infrastructure.untag("mint-2-1", stable15);
    assert.deepEqual(await settled(), [`${stable14} other-release: UPDATE-mint-1-1`]);
  });

  it("goes on after a restart, also one in the middle of a change", async () => {
    infrastructure.tag("mint-1-1", stable15);
    await settled();
    watcher = restart();
    assert.deepEqual(await settled(), []);
    infrastructure.tag("julep-1-1", stable15);
    await look();
    watcher = restart();
    assert.deepEqual(await settled(), [`${stable15} changed: UPDATE-mint-1-1 UPDATE-julep-1-1`]);
  });

  it("loses nothing when its findings are not stored, or when bodhi is away", async () => {
    infrastructure.tag("mint-1-1", stable15);
    await look();
    await watcher.look(releases);
    infrastructure.intercept = (path) => (path.startsWith("/bodhi") ? { status: 500, body: "" } : undefined);
    await assert.rejects(watcher.look(releases), /bodhi answered HTTP 500/);
    infrastructure.intercept = () => undefined;
    assert.deepEqual(await settled(), [`${stable15} changed: UPDATE-mint-1-1`]);
  });

  it("waits for bodhi to know a build's update, and then judges the whole set", async () => {
    infrastructure.addBuild("late-1-1", []);
    infrastructure.tag("mint-1-1", stable15);
    infrastructure.tag("late-1-1", stable15);
    for (let i = 0; i < 4; i++) assert.deepEqual(await look(), { events: [], pending: true });
    infrastructure.addUpdate("UPDATE-late-1-1", ["late-1-1"], { status: "testing", request: "stable" });
    assert.deepEqual(await settled(), [`${stable15} changed: UPDATE-mint-1-1 UPDATE-late-1-1`]);
  });

  it("waits for no more than some looks, and never again for the same stay", async () => {
    infrastructure.addBuild("stray-1-1", []);
    infrastructure.tag("stray-1-1", stable15);
    let looks = 1;
    while ((await look()).pending) looks += 1;
    assert.equal(looks, 7);
    infrastructure.tag("mint-1-1", stable15);
    assert.equal((await look()).pending, true);
    assert.equal((await look()).events.length, 1);
  });

  it("remembers which set is pending now, and that none is", async () => {
    const pending = () => new Batches(database).pending().map(({ tag, updates }) => `${tag} ${updates[0]?.name}`);
    infrastructure.tag("mint-1-1", stable15);
    await settled();
    assert.deepEqual(pending(), [`${stable15} UPDATE-mint-1-1`]);
    infrastructure.untag("mint-1-1", stable15);
    await settled();
    assert.deepEqual(pending(), []);
  });

  it("leaves out builds without an update, and with one that waits for nothing: their tags are stale", async () => {
    infrastructure.addBuild("stray-1-1", []);
    for (const nvr of ["stray-1-1", "mint-1-1", "julep-1-1"]) infrastructure.tag(nvr, stable15);
    for (const update of infrastructure.updates) if (update.builds.includes("mint-1-1")) update.status = "obsolete";
    assert.deepEqual(await settled(), [`${stable15} changed: UPDATE-julep-1-1`]);
  });

  it("names an update whole, also when not all of its builds are in the tag", async () => {
    for (const update of infrastructure.updates)
      if (update.builds.includes("mint-1-1")) update.builds.push("other-1-1");
    infrastructure.tag("mint-1-1", stable15);
    await look();
    const { events } = await look();
    assert.deepEqual(events[0]?.updates, [{ name: "UPDATE-mint-1-1", builds: ["mint-1-1", "other-1-1"] }]);
  });
});
