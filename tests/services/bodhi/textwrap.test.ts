import assert from "node:assert/strict";
import fc from "fast-check";
import { fill } from "../../../services/bodhi/textwrap";

describe("services/bodhi/textwrap", () => {
  it("wraps AutoQA's comment as bodhi stored it in 2011", () => {
    const sent =
      "AutoQA: depcheck test PASSED on i386. Result log: http://autoqa.fedoraproject.org/results/101163-autotest/172.16.0.17/depcheck/results/output.log (results are informative only)";
    assert.equal(
      fill(sent, 80),
      "AutoQA: depcheck test PASSED on i386. Result log:\nhttp://autoqa.fedoraproject.org/results/101163-autotest/172.16.0.17/depcheck/results/output.log\n(results are informative only)",
    );
    assert.equal(fill(sent.replaceAll(" (", "\n("), 80), fill(sent, 80), "whatever newlines were sent");
  });

  /** What Python 3's textwrap gives for the same. */
  const cases: readonly [string, number, string][] = [
    ["", 10, ""],
    ["   ", 10, ""],
    ["word", 2, "word"],
    ["a b", 1, "a\nb"],
    ["  indented text", 80, "  indented text"],
    ["trailing   ", 80, "trailing"],
    ["two  blanks   kept", 80, "two  blanks   kept"],
    ["tab\tstop", 80, "tab     stop"],
    ["line\nbreak\r\nand\ffeed", 80, "line break  and feed"],
    ["do-not-break-at-hyphens here", 12, "do-not-break-at-hyphens\nhere"],
    ["ünïcödé wörds cöunt characters", 10, "ünïcödé\nwörds\ncöunt\ncharacters"],
  ];
  for (const [text, width, expected] of cases) {
    it(JSON.stringify(text), () => assert.equal(fill(text, width), expected));
  }

  it("loses no word and breaks no line that fits", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "bb", "-", " ", "\n", "\t", "é"), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (given, width) => {
        const lines = fill(given, width).split("\n");
        assert.deepEqual(lines.join(" ").split(/\s+/).filter(Boolean), given.split(/\s+/).filter(Boolean));
        for (const line of lines) {
          assert.ok([...line].length <= width || !line.trim().includes(" "), JSON.stringify(line));
        }
      }),
    );
  });
});
