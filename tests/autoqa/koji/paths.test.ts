import assert from "node:assert/strict";
import { HostileNameError, rpmPath } from "../../../autoqa/koji/paths";

const build = { name: "mint", version: "2.0~rc1", release: "3.fc15" };

describe("koji's paths", () => {
  it("are made of the build's name, version, release and the RPM's own file name", () => {
    const rpm = { name: "mint-libs", version: "2.0~rc1", release: "3.fc15", arch: "i686" };
    assert.equal(rpmPath(build, rpm), "packages/mint/2.0~rc1/3.fc15/i686/mint-libs-2.0~rc1-3.fc15.i686.rpm");
  });

  it("escape what a URL cannot carry", () => {
    const rpm = { name: "libstdc++", version: "1^git", release: "1", arch: "noarch" };
    const path = rpmPath({ name: "libstdc++", version: "1^git", release: "1" }, rpm);
    assert.equal(path, "packages/libstdc%2B%2B/1%5Egit/1/noarch/libstdc%2B%2B-1%5Egit-1.noarch.rpm");
  });

  for (const hostile of ["../../etc/passwd", "a/b", "..", "-rf", "", "a b", "a\nb", "$(reboot)", "a%2fb"]) {
    it(`refuse a name that is none: ${JSON.stringify(hostile)}`, () => {
      const rpm = { ...build, arch: "noarch" };
      assert.throws(() => rpmPath(build, { ...rpm, name: hostile }), HostileNameError);
      assert.throws(() => rpmPath(build, { ...rpm, arch: hostile }), HostileNameError);
      assert.throws(() => rpmPath({ ...build, release: hostile }, rpm), HostileNameError);
    });
  }
});
