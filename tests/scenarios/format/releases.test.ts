import assert from "node:assert/strict";
import { expandRelease, releaseTags } from "../../../scenarios/format/releases";
import { Release } from "../../../scenarios/format/scenario";
import * as situation from "../../../scenarios/format/situation";

describe("releases in short form", () => {
  it("get the tags of 2011", () => {
    const release = expandRelease(Release.parse({ name: "F15", naming: "dist" }));
    assert.deepEqual(situation.Release.parse(release), release);
    assert.equal(release.branch, "f15");
    assert.deepEqual(
      [
        release.stableTag,
        release.testingTag,
        release.candidateTag,
        release.pendingStableTag,
        release.pendingTestingTag,
      ],
      [
        "dist-f15-updates",
        "dist-f15-updates-testing",
        "dist-f15-updates-candidate",
        "dist-f15-updates-pending",
        "dist-f15-updates-testing-pending",
      ],
    );
  });

  it("get today's tags, and everything that is given stays", () => {
    const release = expandRelease(
      Release.parse({ name: "F41", stableTag: "f41", state: "pending", arches: ["x86_64"] }),
    );
    assert.equal(release.pendingTestingTag, "f41-updates-testing-pending");
    assert.equal(release.stableTag, "f41");
    assert.equal(release.longName, "Fedora 41");
    assert.deepEqual(release.arches, ["x86_64"]);
    const main = releaseTags(release).filter(({ name }) => name === "f41");
    assert.equal(main.length, 1);
    assert.deepEqual(main[0]?.parents, []);
  });

  it("inherit as in Fedora's koji", () => {
    const tags = releaseTags(expandRelease(Release.parse({ name: "F40" })));
    const parent = (name: string) => tags.find((tag) => tag.name === name)?.parents.map(({ tag }) => tag);
    assert.deepEqual(parent("f40-updates-testing-pending"), ["f40-updates-testing"]);
    assert.deepEqual(parent("f40-updates-testing"), ["f40-updates"]);
    assert.deepEqual(parent("f40-updates-pending"), ["f40-updates"]);
    assert.deepEqual(parent("f40-updates"), ["f40"]);
    for (const tag of tags) situation.Tag.parse(tag);
  });
});
