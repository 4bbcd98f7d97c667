import assert from "node:assert/strict";
import type { Update } from "../../../autoqa/bodhi/types";
import { BodhiReporter, type Updates } from "../../../autoqa/reporters/bodhi";
import type { Post, Verdict } from "../../../autoqa/reporters/posts";

const judged = ["mint-1-1", "julep-1-1"];
const verdict: Verdict = {
  ...{ test: "depcheck", arch: "x86_64", item: "FEDORA-2011-1", type: "bodhi_update", outcome: "PASSED", note: "" },
  ...{ url: "http://autoqa:8080/1", builds: judged, target: "testing", arches: ["x86_64"] },
};
const ofBuild: Verdict = {
  ...verdict,
  ...{ test: "rpmlint", item: "mint-1-1", type: "koji_build", builds: ["mint-1-1"] },
};
const post = (payload: Verdict): Post => ({
  ...{ id: 1, job: 1, destination: "bodhi", payload, state: "waiting", attempts: 0, remark: "" },
});

describe("a verdict for bodhi, of an update that was changed while it was judged", () => {
  let said: string[];

  /** @param builds of the update, or what became of it, by the time that the verdict is there */
  async function deliver(builds: string[] | undefined, payload = verdict, state: Partial<Update> = {}) {
    said = [];
    const update: Update | undefined = builds && {
      ...{ title: builds.join(","), updateid: "FEDORA-2011-1", status: "pending", request: "testing", comments: [] },
      builds: builds.map((nvr) => ({ nvr })),
      ...state,
    };
    const bodhi: Updates = {
      update: async () => update,
      updatesOfBuilds: async (nvrs) =>
        new Map(update === undefined ? [] : nvrs.filter((nvr) => builds?.includes(nvr)).map((nvr) => [nvr, update])),
      comment: async (_, text) => {
        said.push(text);
        return true;
      },
    };
    return new BodhiReporter(bodhi, "autoqa", ["depcheck"]).deliver(post(payload));
  }

  it("is said where the same builds are in it, in whatever order", async () => {
    assert.equal((await deliver(judged.toReversed())).state, "sent");
    assert.equal(said.length, 1);
  });

  for (const [what, builds, remark] of [
    ["has a new build", ["mint-1-1", "julep-1-2"], "FEDORA-2011-1 was edited meanwhile"],
    ["has one more", [...judged, "ice-1-1"], "FEDORA-2011-1 was edited meanwhile"],
    ["has one less", ["mint-1-1"], "FEDORA-2011-1 was edited meanwhile"],
    ["is gone", undefined, "no update for FEDORA-2011-1 any more"],
  ] as const) {
    it(`is not said where the update ${what}`, async () => {
      assert.deepEqual(await deliver(builds && [...builds]), { state: "skipped", remark });
      assert.deepEqual(said, []);
    });
  }

  for (const [what, state, remark] of [
    ["is to go to stable", { request: "stable" }, "FEDORA-2011-1 was submitted for stable meanwhile"],
    ["was withdrawn", { request: null }, "FEDORA-2011-1 waits for no push any more"],
    ["was unpushed", { status: "unpushed", request: null }, "FEDORA-2011-1 waits for no push any more"],
    ["was pushed", { status: "testing", request: null }, "FEDORA-2011-1 waits for no push any more"],
  ] as const) {
    it(`is not said where the update ${what}`, async () => {
      assert.deepEqual(await deliver(judged, verdict, state), { state: "skipped", remark });
      assert.deepEqual(said, []);
    });
  }

  it("is said of a build for as long as that goes somewhere", async () => {
    assert.equal((await deliver(judged, ofBuild, { status: "testing", request: null })).state, "sent");
    for (const state of [{ request: null }, { status: "unpushed", request: null }, { status: "obsolete" }]) {
      assert.deepEqual(await deliver(judged, ofBuild, state), {
        state: "skipped",
        remark: "the update of mint-1-1 was withdrawn meanwhile",
      });
    }
  });

  it("is said of a build for as long as that is in it", async () => {
    assert.equal((await deliver(["mint-1-1", "ice-1-1"], ofBuild)).state, "sent");
    assert.equal((await deliver(["ice-1-1"], ofBuild)).state, "skipped");
  });
});
