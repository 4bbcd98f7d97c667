import assert from "node:assert/strict";
import fc from "fast-check";
import { fromIso, parseTimeText, toBodhiTime, toIso, toKojiTime, toSeconds } from "../../../services/world/time";

describe("services/world/time", () => {
  const at = fromIso("2011-05-21T17:16:58Z");

  it("writes a time as each service does", () => {
    assert.equal(toIso(at), "2011-05-21T17:16:58Z");
    assert.equal(toKojiTime(at + 584_573), "2011-05-21 17:16:58.584573");
    assert.equal(toBodhiTime(at + 584_573), "2011-05-21 17:16:58");
    assert.equal(toSeconds(at + 584_573), 1305998218.584573);
  });

  it("reads what PostgreSQL would read", () => {
    assert.equal(parseTimeText("2011-05-21 17:16:58"), at);
    assert.equal(parseTimeText("2011-05-21T17:16:58Z"), at);
    assert.equal(parseTimeText("2011-05-21 17:16:58.584573"), at + 584_573);
    assert.equal(parseTimeText("2011-05-21 19:16:58+02:00"), at);
    assert.equal(parseTimeText("2011-05-21"), fromIso("2011-05-21T00:00:00Z"));
    for (const wrong of ["", "yesterday", "2011-02-30", "2011-05-21 25:00:00", "2011-05-21 10:61:00", "1305998218"]) {
      assert.equal(parseTimeText(wrong), undefined, wrong);
    }
  });

  it("reads or refuses the longest text that a client can send in a moment", () => {
    const blanks = " ".repeat(1_000_000);
    const started = performance.now();
    assert.equal(parseTimeText(`2011-05-21${blanks}x`), undefined);
    assert.equal(parseTimeText(`${blanks}2011-05-21${blanks}`), fromIso("2011-05-21T00:00:00Z"));
    assert.ok(performance.now() - started < 1000, `${performance.now() - started} ms`);
  });

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999 }), (second, micro) => {
        assert.equal(parseTimeText(toKojiTime(second * 1_000_000 + micro)), second * 1_000_000 + micro);
      }),
    );
  });
});
