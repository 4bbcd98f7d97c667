import assert from "node:assert/strict";
import { loadSituation, SituationError } from "../../../services/world/load";
import { toIso } from "../../../services/world/time";
import { build, fedora2011, release, situation, tagsOf, update } from "../support/situation";

function problems(input: Parameters<typeof situation>[0]): string[] {
  try {
    loadSituation(situation(input));
  } catch (error) {
    assert.ok(error instanceof SituationError);
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe("services/world/load", () => {
  it("gives ids in the order of the document, the same every time", () => {
    const ids = () => {
      const world = loadSituation(fedora2011());
      return {
        builds: world.builds.map(({ id, nvr, creationEventId }) => [id, nvr, creationEventId]),
        tags: world.tags.map(({ id, name }) => [id, name]),
        events: world.eventTimes,
        listings: world.tags.flatMap(({ listings }) => listings.map(({ createEvent, tagId }) => [createEvent, tagId])),
      };
    };
    assert.deepEqual(ids(), ids());
    assert.deepEqual(
      ids()
        .builds.slice(0, 2)
        .map(([id, nvr]) => [id, nvr]),
      [
        [1, "mint-1.0-1.fc14"],
        [2, "mint-1.0-1.fc15"],
      ],
    );
  });

  it("makes events in the order of time, never two at once", () => {
    const { eventTimes } = loadSituation(fedora2011());
    assert.deepEqual(
      eventTimes,
      [...eventTimes].sort((a, b) => a - b),
    );
    assert.equal(new Set(eventTimes).size, eventTimes.length);
  });

  it("tags in document order what has no time of its own", () => {
    const world = loadSituation(
      situation({ tags: [{ name: "t" }], builds: [build("b-1-1", ["t"]), build("a-1-1", ["t"])] }),
    );
    assert.deepEqual(
      world.tagsByName.get("t")?.listings.map((listing) => listing.build.nvr),
      ["b-1-1", "a-1-1"],
    );
  });

  it("lets a build be completed when it was first tagged, where nothing else is said", () => {
    const world = loadSituation(
      situation({ tags: [{ name: "t" }], builds: [build("a-1-1", [["t", "2011-01-02T00:00:00Z"]])] }),
    );
    assert.equal(toIso(world.builds[0]?.completionTime ?? 0), "2011-01-02T00:00:00Z");
  });

  it("lists a release's packages in all its tags, so that koji lets its builds be tagged there", () => {
    const f15 = release("F15");
    const world = loadSituation(
      situation({ releases: [f15], tags: tagsOf(f15), builds: [build("mint-2.0-1.fc15", [f15.candidateTag])] }),
    );
    const listed = world.tags.filter((tag) => tag.packages.size > 0).map(({ name }) => name);
    assert.deepEqual(listed, [f15.distTag], "the others inherit it");
  });

  it("keeps what was tagged once as history, with who tagged it", () => {
    const tagging = { tag: "t", at: "2011-01-01T00:00:00.5Z", until: "2011-01-02T00:00:00Z", by: "bodhi" };
    const world = loadSituation(
      situation({ tags: [{ name: "t" }], builds: [{ ...build("a-1-1", []), tags: [tagging] }] }),
    );
    const [listing] = world.builds[0]?.listings ?? [];
    assert.ok(listing?.revokeEvent);
    // The build was made at the same time; each event is at its own.
    assert.equal(toIso(world.eventTime(listing.createEvent)).slice(0, -4), "2011-01-01T00:00:00.500");
    assert.equal(toIso(world.eventTime(listing.revokeEvent)), "2011-01-02T00:00:00Z");
    assert.equal(world.userById(listing.creatorId)?.name, "bodhi");
    const wrong = { tag: "t", at: "2011-01-02T00:00:00Z", until: "2011-01-01T00:00:00Z" };
    assert.deepEqual(problems({ tags: [{ name: "t" }], builds: [{ ...build("a-1-1", []), tags: [wrong] }] }), [
      "builds[0].tags[0].until: must be later than at",
    ]);
  });

  it("keeps when an update was edited and pushed", () => {
    const f15 = release("F15");
    const times = {
      modifiedAt: "2011-02-01T00:00:00Z",
      testingAt: "2011-03-01T00:00:00Z",
      stableAt: "2011-04-01T00:00:00Z",
    };
    const world = loadSituation(
      situation({
        releases: [f15],
        tags: tagsOf(f15),
        builds: [build("a-1-1", [])],
        updates: [update("U", ["a-1-1"], "F15", { status: "stable", ...times })],
      }),
    );
    const [row] = world.bodhi.updates;
    assert.deepEqual(
      [row?.modifiedAt, row?.testingAt, row?.stableAt, row?.pushedAt].map((at) => toIso(at ?? 0)),
      [times.modifiedAt, times.testingAt, times.stableAt, times.stableAt],
    );
  });

  it("names what contradicts itself, with its place", () => {
    const f15 = release("F15");
    const base = { releases: [f15], tags: tagsOf(f15) };
    assert.deepEqual(problems({ ...base, builds: [build("a-1-1", ["dist-f99"])] }), [
      'builds[0].tags[0].tag: no tag is called "dist-f99"; name it under tags',
    ]);
    assert.deepEqual(problems({ ...base, builds: [build("a-1-1", []), build("a-1-1", [])] }), [
      "builds[1]: a-1-1 is there twice",
    ]);
    assert.deepEqual(problems({ ...base, updates: [update("U", ["a-1-1"], "F16")] }), [
      'updates[0].release: no release is called "F16"',
      'updates[0].builds[0]: no build is called "a-1-1"; name it under builds',
    ]);
    assert.deepEqual(problems({ ...base, builds: [build("a-1-1", [], { completedAt: "2012-01-01T00:00:00Z" })] }), [
      "builds[0].completedAt: 2012-01-01T00:00:00Z is later than the clock, 2011-05-21T17:16:58Z",
    ]);
    assert.deepEqual(problems({ ...base, clock: "9999-01-01T00:00:00Z" }), [
      "clock: 9999-01-01T00:00:00Z is not within the years 1970 to 2255",
    ]);
    assert.deepEqual(problems({ releases: [f15] }).length, 8, "each of the release's tags");
    assert.deepEqual(
      problems({
        tags: [
          { name: "a" },
          { name: "b" },
          {
            name: "c",
            parents: [
              { tag: "a", priority: 1 },
              { tag: "b", priority: 1 },
            ],
          },
        ],
      }),
      ["tags[2].parents[1].priority: two parents of c have priority 1"],
    );
    assert.deepEqual(problems({ tags: [{ name: "a" }, { name: "b", parents: [{ tag: "a", packageFilter: "(" }] }] }), [
      "tags[1].parents[0].packageFilter: ( is not a regular expression",
    ]);
  });

  it("loads loops of inheritance, which koji prunes", () => {
    const world = loadSituation(
      situation({
        tags: [
          { name: "a", parents: [{ tag: "b" }] },
          { name: "b", parents: [{ tag: "a" }] },
        ],
        builds: [build("x-1-1", ["a"])],
      }),
    );
    assert.equal(world.builds.length, 1);
  });
});
