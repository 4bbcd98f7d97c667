import assert from "node:assert/strict";
import { Glob } from "../../../services/world/glob";

const koji = (pattern: string): Glob => new Glob(pattern, { any: "*", one: "?", ignoreCase: true });

describe("services/world/glob", () => {
  const cases: readonly [string, string, boolean][] = [
    ["mint", "mint", true],
    ["mint", "mints", false],
    ["MINT*", "mint-2.0", true],
    ["*", "", true],
    ["", "", true],
    ["?", "", false],
    ["m?nt", "mint", true],
    ["?", "\u{1f37a}", true],
    ["*t", "mint-mint", true],
    ["*-2*5", "mint-2.0-1.fc15", true],
    ["*-3*5", "mint-2.0-1.fc15", false],
    ["**m**t**", "mint", true],
    ["a.c", "abc", false],
    ["[a]\\(", "[a]\\(", true],
  ];
  for (const [pattern, text, expected] of cases) {
    it(`${pattern} ${expected ? "fits" : "does not fit"} ${text}`, () => {
      assert.equal(koji(pattern).test(text), expected);
    });
  }

  it("has the wildcards that it is told, and no others", () => {
    const bodhi = new Glob("F%", { any: "%" });
    assert.deepEqual(
      ["F15", "f15", "EPEL-6"].map((name) => bodhi.test(name)),
      [true, false, false],
    );
    assert.equal(new Glob("F?*", { any: "%" }).test("F15"), false);
  });

  it("matches overlapping wildcards against every name of a large world in a moment", () => {
    const names = Array.from({ length: 25_000 }, (_, index) => `package${index}-${"a".repeat(40)}-1.0-1.fc40`);
    for (const pattern of [`${"*?".repeat(200)}!`, `${"*a".repeat(30)}!`, `*${"?".repeat(30)}!*`]) {
      const glob = koji(pattern);
      const started = performance.now();
      assert.equal(names.filter((name) => glob.test(name)).length, 0);
      assert.ok(performance.now() - started < 1000, `${pattern.slice(0, 20)}: ${performance.now() - started} ms`);
    }
  });
});
