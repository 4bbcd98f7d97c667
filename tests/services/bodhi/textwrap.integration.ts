/** Our line filling against Python's own, on many texts. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { fill } from "../../../services/bodhi/textwrap";

const PYTHON = `
import json, sys, textwrap
out = []
for text, width in json.load(sys.stdin):
    out.append(textwrap.TextWrapper(width=width, break_long_words=False, break_on_hyphens=False).fill(text))
json.dump(out, sys.stdout)
`;

describe("services/bodhi/textwrap against Python's", () => {
  it("gives the same for 20,000 texts", () => {
    const unit = fc.constantFrom(
      "a",
      "word",
      "-",
      ".",
      " ",
      "  ",
      "\n",
      "\t",
      "\r",
      "\f",
      "\v",
      "é",
      "\u{1f37a}",
      "\u00a0",
    );
    const cases = fc.sample(
      fc.tuple(
        fc.array(unit, { maxLength: 60 }).map((parts) => parts.join("")),
        fc.integer({ min: 1, max: 90 }),
      ),
      { numRuns: 20_000, seed: 2011 },
    );
    const input = JSON.stringify(cases);
    const expected = JSON.parse(
      execFileSync("/usr/bin/python3", ["-c", PYTHON], { input, encoding: "utf8", maxBuffer: 64 << 20 }),
    ) as string[];
    cases.forEach(([text, width], index) => {
      assert.equal(fill(text, width), expected[index], JSON.stringify([text, width]));
    });
  }).timeout(60_000);
});
