import assert from "node:assert/strict";
import { fullInheritance, packageEntry, packageList } from "../../../services/world/inheritance";
import { loadSituation } from "../../../services/world/load";
import { taggedBuilds } from "../../../services/world/tagged";
import type { World } from "../../../services/world/world";
import { build, situation } from "../support/situation";

function order(world: World, name: string, reverse = false): string[] {
  const tag = world.tagsByName.get(name);
  assert.ok(tag);
  return fullInheritance(world, tag, undefined, reverse).map(({ edge, currentDepth, nextDepth }) => {
    const shown = world.tagById(reverse ? edge.tagId : edge.parentId).name;
    return `${shown}@${currentDepth}${nextDepth === null ? "" : `<${nextDepth}`}`;
  });
}

function names(world: World, tagName: string, query: Parameters<typeof taggedBuilds>[2]): string[] {
  const tag = world.tagsByName.get(tagName);
  assert.ok(tag);
  return taggedBuilds(world, tag, query).map((listing) => listing.build.nvr);
}

describe("services/world/inheritance", () => {
  it("goes depth first by priority", () => {
    const world = loadSituation(
      situation({
        tags: [
          { name: "a" },
          { name: "b", parents: [{ tag: "a" }] },
          { name: "c" },
          {
            name: "d",
            parents: [
              { tag: "c", priority: 5 },
              { tag: "b", priority: 1 },
            ],
          },
        ],
      }),
    );
    assert.deepEqual(order(world, "d"), ["b@1", "a@2", "c@1"]);
    assert.deepEqual(order(world, "a", true), ["b@1", "d@2"]);
  });

  it("stops at the depth allowed, counted down along the way", () => {
    const tags = [
      { name: "a" },
      { name: "b", parents: [{ tag: "a" }] },
      { name: "c", parents: [{ tag: "b" }] },
      { name: "zero", parents: [{ tag: "c", maxDepth: 0 }] },
      { name: "one", parents: [{ tag: "c", maxDepth: 1 }] },
    ];
    const world = loadSituation(situation({ tags }));
    assert.deepEqual(order(world, "zero"), ["c@1<0"]);
    assert.deepEqual(order(world, "one"), ["c@1<1", "b@2<0"]);
  });

  it("ignores intransitive edges below the first", () => {
    const world = loadSituation(
      situation({
        tags: [
          { name: "a" },
          { name: "b", parents: [{ tag: "a", intransitive: true }] },
          { name: "c", parents: [{ tag: "b" }] },
        ],
      }),
    );
    assert.deepEqual(order(world, "b"), ["a@1"]);
    assert.deepEqual(order(world, "c"), ["b@1"]);
  });

  it("prunes loops and what an earlier visit covers", () => {
    const world = loadSituation(
      situation({
        tags: [
          { name: "base" },
          { name: "left", parents: [{ tag: "base" }] },
          { name: "right", parents: [{ tag: "base" }, { tag: "top" }] },
          { name: "top", parents: [{ tag: "left" }, { tag: "right" }] },
        ],
      }),
    );
    assert.deepEqual(order(world, "top"), ["left@1", "base@2", "right@1"]);
  });

  it("visits again what was met with a filter or less depth", () => {
    const world = loadSituation(
      situation({
        tags: [
          { name: "base" },
          { name: "mid", parents: [{ tag: "base" }] },
          { name: "top", parents: [{ tag: "mid", maxDepth: 0 }, { tag: "base", packageFilter: "^k" }, { tag: "mid" }] },
        ],
      }),
    );
    assert.deepEqual(order(world, "top"), ["mid@1<0", "base@1", "mid@1", "base@2"]);
  });

  it("takes a package's entry from the nearest tag, blocks included, and filters what is inherited", () => {
    const world = loadSituation(
      situation({
        tags: [
          { name: "base" },
          { name: "child", parents: [{ tag: "base", packageFilter: "kernel|mint" }], blocked: ["mint"] },
        ],
        builds: [build("mint-1-1", ["base"]), build("kernel-1-1", ["base"]), build("bash-1-1", ["base"])],
      }),
    );
    const child = world.tagsByName.get("child");
    assert.ok(child);
    const shown = [...packageList(world, child).values()].map(({ packageId, blocked }) => [
      world.packages[packageId - 1]?.name,
      blocked,
    ]);
    assert.deepEqual(shown, [
      ["mint", true],
      ["kernel", false],
    ]);
    const bash = world.packagesByName.get("bash");
    assert.ok(bash);
    assert.equal(packageEntry(world, child, bash.id), undefined);
    assert.deepEqual(names(world, "child", { inherit: true }), ["kernel-1-1"]);
    assert.deepEqual(names(world, "base", { inherit: true }), ["bash-1-1", "kernel-1-1", "mint-1-1"]);
  });
});

describe("services/world/tagged", () => {
  const at = (day: number): string => `2011-01-${String(day).padStart(2, "0")}T00:00:00Z`;
  const world = loadSituation(
    situation({
      tags: [{ name: "base" }, { name: "updates", parents: [{ tag: "base" }] }],
      builds: [
        build("mint-3-1", [["base", at(9)]]),
        build("mint-2-1", [["updates", at(2)]]),
        build("mint-1-1", [["updates", at(3)]], { owner: "somebody" }),
        build("ale-1-1", [["base", at(1)]]),
        build("broken-1-1", [["updates", at(4)]], { state: "FAILED" }),
      ],
    }),
  );

  it("lists the newest tagging first, whatever the version, and only complete builds", () => {
    assert.deepEqual(names(world, "updates", {}), ["mint-1-1", "mint-2-1"]);
  });

  it("lists a tag's own builds before those inherited", () => {
    assert.deepEqual(names(world, "updates", { inherit: true }), ["mint-1-1", "mint-2-1", "mint-3-1", "ale-1-1"]);
  });

  it("takes as latest what was tagged last in the nearest tag", () => {
    assert.deepEqual(names(world, "updates", { inherit: true, latest: true }), ["mint-1-1", "ale-1-1"]);
    assert.deepEqual(names(world, "updates", { inherit: true, latest: 2 }), ["mint-1-1", "mint-2-1", "ale-1-1"]);
    assert.deepEqual(names(world, "updates", { latest: true, package: "mint" }), ["mint-1-1"]);
  });

  it("filters by package and owner", () => {
    assert.deepEqual(names(world, "updates", { inherit: true, package: "ale" }), ["ale-1-1"]);
    assert.deepEqual(names(world, "updates", { owner: "somebody" }), ["mint-1-1"]);
    assert.deepEqual(names(world, "updates", { package: "nothing" }), []);
  });

  it("tells what was there as of an event", () => {
    const updates = world.tagsByName.get("updates");
    const [first] = updates?.listings ?? [];
    assert.ok(first);
    assert.deepEqual(names(world, "updates", { event: first.createEvent }), ["mint-2-1"]);
    assert.deepEqual(names(world, "updates", { event: first.createEvent - 1 }), []);
  });
});
