import assert from "node:assert/strict";
import fc from "fast-check";
import { isMultilibCandidate, type MultilibPackage, selectMultilib } from "../../../services/repositories/multilib";

function pkg(name: string, arch: string, more: Partial<MultilibPackage> = {}): MultilibPackage {
  return { name, arch, provides: [name], requires: [], files: [], ...more };
}

function names(packages: readonly MultilibPackage[]): string[] {
  return packages.map(({ name }) => name);
}

describe("services/repositories/multilib", () => {
  it("takes development packages and libraries, not debugging information", () => {
    const candidates: [string, string[], boolean][] = [
      ["mint-devel", [], true],
      ["mint-static", [], true],
      ["mint-libs", ["/usr/lib/libmint.so.1"], true],
      ["mint-libs", ["/lib/libmint.so"], true],
      ["mint", ["/usr/bin/mint"], false],
      ["mint-plugins", ["/usr/lib/mint/plugin.so"], false],
      ["mint-doc", ["/usr/share/doc/libmint.so.1"], false],
      ["mint-debuginfo", ["/usr/lib/libmint.so.1"], false],
    ];
    for (const [name, files, expected] of candidates) {
      assert.equal(isMultilibCandidate(pkg(name, "i686", { files })), expected, `${name} ${files}`);
    }
  });

  it("adds what has a 64-bit twin, and what that needs", () => {
    const library = { files: ["/usr/lib/libmint.so.1"], provides: ["mint-libs", "libmint.so.1"] };
    const foreign = [
      pkg("unneeded", "i686"),
      pkg("data", "i686", { files: ["/usr/share/mint"] }),
      pkg("mint-libs", "i686", { ...library, requires: ["libsoda.so.1", "rpmlib(CompressedFileNames)"] }),
      pkg("soda-libs", "i686", {
        files: ["/usr/lib/libsoda.so.1"],
        provides: ["libsoda.so.1"],
        requires: ["/usr/share/mint"],
      }),
      pkg("only-devel", "i686", { name: "only-devel" }),
    ];
    const native = [pkg("mint-libs", "x86_64"), pkg("mint", "x86_64"), pkg("unneeded", "x86_64")];
    assert.deepEqual(names(selectMultilib(native, foreign)), ["data", "mint-libs", "soda-libs"]);
  });

  it("does not add what the 64-bit packages provide, nor what nothing provides", () => {
    const foreign = [
      pkg("mint-devel", "i686", { requires: ["sh", "absent", "config(mint)"] }),
      pkg("busybox", "i686", { provides: ["sh"] }),
    ];
    const native = [pkg("mint-devel", "x86_64"), pkg("bash", "x86_64", { provides: ["sh"] })];
    assert.deepEqual(names(selectMultilib(native, foreign)), ["mint-devel"]);
  });

  it("ends, keeps the order, and leaves nothing out that another choice needs", () => {
    const capability = fc.constantFrom("a", "b", "c", "d", "e");
    const packages = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom("a-devel", "b", "c-libs", "d", "e-devel"),
        provides: fc.array(capability, { maxLength: 2 }),
        requires: fc.array(capability, { maxLength: 2 }),
      }),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(packages, packages, (natives, foreigns) => {
        const native = natives.map(({ name, ...more }) => pkg(name, "x86_64", more));
        const foreign = foreigns.map(({ name, ...more }) => pkg(name, "i686", more));
        const chosen = selectMultilib(native, foreign);
        assert.deepEqual(
          chosen,
          foreign.filter((each) => chosen.includes(each)),
        );
        const provided = new Set([...native, ...chosen].flatMap(({ provides }) => provides));
        const possible = new Set(foreign.flatMap(({ provides }) => provides));
        for (const { requires } of chosen) {
          for (const each of requires) assert.ok(provided.has(each) || !possible.has(each), each);
        }
      }),
    );
  });
});
