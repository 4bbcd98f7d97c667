import assert from "node:assert/strict";
import fc from "fast-check";
import { compare, type Entry, type Kind, normaliseText } from "../../verify/compare";

interface Row {
  what: string;
  where: string;
  verdict: string;
}

const RULES = { fields: ["what", "where", "verdict"], identity: ["what", "where"] } as const;
const row = fc.record({
  what: fc.constantFrom("a", "b", "c", "d"),
  where: fc.constantFrom("i386", "x86_64"),
  verdict: fc.constantFrom("PASSED", "FAILED", "INFO"),
});
const rows = fc.array(row, { maxLength: 12 });

function run(expected: Row[], got: Row[]): Entry<Row, Row>[] {
  return compare(expected, got, RULES);
}

function count(entries: Entry<Row, Row>[], ...kinds: Kind[]): number {
  return entries.filter(({ kind }) => kinds.includes(kind)).length;
}

const key = ({ what, where, verdict }: Row) => `${what}/${where}/${verdict}`;

describe("compare", () => {
  it("finds nothing wrong with what is posted as expected, in whatever order", () => {
    fc.assert(
      fc.property(rows, fc.func(fc.nat()), (expected, order) => {
        const got = expected.map((each) => ({ ...each })).sort((a, b) => order(key(a)) - order(key(b)));
        assert.equal(count(run(expected, got), "match"), expected.length);
      }),
    );
  });

  it("has a word on every expected and on every posted record, exactly one", () => {
    fc.assert(
      fc.property(rows, rows, (expected, got) => {
        const entries = run(expected, got);
        assert.deepEqual(new Set(entries.flatMap((entry) => entry.expected ?? [])), new Set(expected));
        assert.deepEqual(new Set(entries.flatMap((entry) => entry.got ?? [])), new Set(got));
        assert.equal(count(entries, "match", "different", "missing"), expected.length);
        assert.equal(count(entries, "match", "different", "extra", "duplicate"), got.length);
      }),
    );
  });

  it("is content only if both are the same as multisets", () => {
    fc.assert(
      fc.property(rows, rows, (expected, got) => {
        const same = JSON.stringify(expected.map(key).sort()) === JSON.stringify(got.map(key).sort());
        const entries = run(expected, got);
        assert.equal(count(entries, "match") === entries.length, same);
      }),
    );
  });

  it("calls one that was left out missing, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.nat(), (expected, seed) => {
        const left = seed % expected.length;
        const entries = run(
          expected,
          expected.filter((_, index) => index !== left).map((each) => ({ ...each })),
        );
        assert.equal(count(entries, "missing"), 1);
        assert.equal(count(entries, "match"), expected.length - 1);
      }),
    );
  });

  it("calls one that was posted once more a duplicate", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.nat(), (expected, seed) => {
        const twice = expected[seed % expected.length] as Row;
        const entries = run(
          expected,
          [...expected, twice].map((each) => ({ ...each })),
        );
        assert.equal(count(entries, "duplicate"), 1);
        assert.equal(count(entries, "match"), expected.length);
      }),
    );
  });

  it("pairs a wrong verdict with what was expected, and names the field", () => {
    const one = { what: "a", where: "i386", verdict: "PASSED" };
    const other = { what: "a", where: "x86_64", verdict: "PASSED" };
    const wrong = { ...other, verdict: "FAILED" };
    assert.deepEqual(run([one, other], [wrong, one]), [
      { kind: "match", expected: one, got: one },
      { kind: "different", expected: other, got: wrong, fields: ["verdict"] },
    ]);
  });

  it("does not take a duplicate for a wrong version of what is missing", () => {
    const one = { what: "a", where: "i386", verdict: "PASSED" };
    const other = { what: "a", where: "x86_64", verdict: "PASSED" };
    assert.deepEqual(
      run([one, other], [one, { ...one }]).map(({ kind }) => kind),
      ["match", "missing", "duplicate"],
    );
  });

  it("takes what is about something else for an extra", () => {
    const expected = { what: "a", where: "i386", verdict: "PASSED" };
    const got = { what: "b", where: "x86_64", verdict: "PASSED" };
    assert.deepEqual(
      run([expected], [got]).map(({ kind }) => kind),
      ["missing", "extra"],
    );
  });
});

describe("normaliseText", () => {
  it("makes text the same however bodhi has wrapped it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[!-~]{1,20}$/), { maxLength: 20 }),
        fc.array(fc.constantFrom(" ", "\n", "\r\n", "\t "), { minLength: 20, maxLength: 20 }),
        (words, blanks) => {
          const wrapped = words.map((word, index) => word + blanks[index]).join("");
          assert.equal(normaliseText(wrapped), words.join(" "));
        },
      ),
    );
  });
});
