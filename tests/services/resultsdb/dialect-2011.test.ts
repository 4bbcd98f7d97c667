import assert from "node:assert/strict";
import { testcaseName } from "../../../services/resultsdb/dialect-2011";

describe("services/resultsdb/dialect-2011", () => {
  it("calls a testcase by the last part of its page's address", () => {
    const names: readonly [string, string][] = [
      ["https://fedoraproject.org/wiki/QA:Testcase_rpmlint", "QA:Testcase_rpmlint"],
      ["https://fedoraproject.org/wiki/QA:Testcase%20x/?#", "QA:Testcase x"],
      ["rpmlint", "rpmlint"],
      ["a/%zz", "%zz"],
      ["///", ""],
    ];
    for (const [url, name] of names) assert.equal(testcaseName(url), name, url);
  });

  it("does so in a moment, however long the address is", () => {
    const started = performance.now();
    assert.equal(testcaseName(`a${"/".repeat(1_000_000)}b`), "b");
    assert.equal(testcaseName(`a/b${"/".repeat(1_000_000)}`), "b");
    assert.ok(performance.now() - started < 1000, `${performance.now() - started} ms`);
  });
});
