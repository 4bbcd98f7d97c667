import assert from "node:assert/strict";
import {
  compatibleArches,
  distributionBuilds,
  kojiArches,
  kojiRepositoryBuilds,
  multilibArches,
  repositoriesOf,
  rpmsFor,
} from "../../../services/repositories/content";
import type { Release } from "../../../services/world/bodhi-tables";
import { loadSituation } from "../../../services/world/load";
import type { Build, Tag } from "../../../services/world/tables";
import { fedora2011, situation } from "../support/situation";

function nvrs(builds: readonly Build[]): string[] {
  return builds.map(({ nvr }) => nvr);
}

describe("services/repositories/content", () => {
  const world = loadSituation(fedora2011());
  const tag = (name: string): Tag => world.tagsByName.get(name) as Tag;
  const [, f15] = world.bodhi.releases as Release[];

  it("has three repositories of a release, and two where updates go into the main tag", () => {
    assert.ok(f15);
    const described = (release: Release): string[] =>
      repositoriesOf(release).map(({ name, tagName, inherit }) => `${name} ${tagName} ${inherit}`);
    assert.deepEqual(described(f15), [
      "f15 dist-f15 true",
      "f15-updates dist-f15-updates false",
      "f15-updates-testing dist-f15-updates-testing false",
    ]);
    assert.deepEqual(described({ ...f15, stableTag: "dist-f15" }), [
      "f15 dist-f15 true",
      "f15-updates-testing dist-f15-updates-testing false",
    ]);
  });

  it("holds the latest build of each package, as koji orders them", () => {
    assert.ok(f15);
    const held = repositoriesOf(f15).map((each) => nvrs(distributionBuilds(world, each)).sort());
    assert.deepEqual(held, [["julep-1.0-1.fc15", "mint-1.0-1.fc15"], ["mint-1.1-1.fc15"], []]);
    const build = kojiRepositoryBuilds(world, tag("dist-f15-updates-candidate"));
    assert.deepEqual(nvrs(build).sort(), ["julep-1.0-1.fc15", "mint-2.0-1.fc15"]);
  });

  it("has nothing in the repository of a tag that is not there", () => {
    assert.ok(f15);
    const repository = { name: "x", release: f15, tagName: "absent", inherit: true };
    assert.deepEqual(distributionBuilds(world, repository), []);
  });

  it("gives a machine the architectures that it installs", () => {
    const mint = world.builds.filter(({ nvr }) => nvr === "mint-2.0-1.fc15");
    const arches = (of: string): string[] => rpmsFor(mint, compatibleArches(of)).map(({ arch }) => arch);
    assert.deepEqual(
      [arches("x86_64"), arches("i686"), arches("i386"), arches("src")],
      [["x86_64"], ["i686"], ["i686"], ["src"]],
    );
    assert.deepEqual(compatibleArches("s390x"), ["s390x", "noarch"]);
    assert.ok(multilibArches("x86_64").includes("i686"));
    assert.deepEqual(multilibArches("aarch64"), []);
  });

  it("takes a koji tag's architectures from what it inherits", () => {
    assert.deepEqual(kojiArches(world, tag("dist-f15-updates-testing")), ["i686", "x86_64"]);
    const bare = loadSituation(situation({ tags: [{ name: "bare" }] }));
    assert.deepEqual(kojiArches(bare, bare.tagsByName.get("bare") as Tag), []);
  });
});
