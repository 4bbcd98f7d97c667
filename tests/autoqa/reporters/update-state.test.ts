import assert from "node:assert/strict";
import fc from "fast-check";
import { currentComments, isAccepted, type OwnComment } from "../../../autoqa/bodhi/own-comments";
import type { Comment } from "../../../autoqa/bodhi/types";
import type { Outcome } from "../../../autoqa/outcomes";
import { commentText } from "../../../autoqa/reporters/texts";
import { expectedTests, shouldMail, shouldSay, updateState } from "../../../autoqa/reporters/update-state";

const start = Date.parse("2011-05-21T17:00:00Z");
const day = 24 * 3600 * 1000;
const all = ["depcheck", "rpmlint", "upgradepath"];
const expected = expectedTests("stable", ["i386", "x86_64"], all);

/** "depcheck i386 FAILED", said some days after the start. */
function said(words: string, days = 0): OwnComment {
  const [test = "", arch = "", outcome] = words.split(" ");
  return { test, arch, outcome: outcome as Outcome, at: new Date(start + days * day) };
}

const allPassed = ["depcheck i386 PASSED", "depcheck x86_64 PASSED", "upgradepath noarch PASSED"].map((words) =>
  said(words),
);
const oneFailed = ["depcheck i386 FAILED", "depcheck x86_64 PASSED", "upgradepath noarch PASSED"].map((words) =>
  said(words),
);

/** Which of the comments are mailed, each judged when it is made. */
function mailed(...parts: OwnComment[][]): boolean[] {
  return parts.flatMap((part, p) =>
    part.map((_, i) => shouldMail([...parts.slice(0, p), part.slice(0, i + 1)], expected)),
  );
}

describe("an update's state", () => {
  it("is expected of depcheck on each architecture, and for stable of upgradepath", () => {
    assert.deepEqual(expectedTests("testing", ["x86_64"], all), [{ test: "depcheck", arch: "x86_64" }]);
    assert.deepEqual(
      expected.map(({ test, arch }) => `${test} ${arch}`),
      ["depcheck i386", "depcheck x86_64", "upgradepath noarch"],
    );
  });

  it("is not expected of tests that do not run here: a failure is mailed without them", () => {
    const here = expectedTests("stable", ["i386", "x86_64"], ["rpmlint", "upgradepath"]);
    assert.deepEqual(here, [{ test: "upgradepath", arch: "noarch" }]);
    assert.equal(shouldMail([[said("upgradepath noarch FAILED")]], here), true);
    assert.equal(shouldMail([[said("rpmlint noarch FAILED")]], expectedTests("testing", ["i386"], ["rpmlint"])), false);
  });

  for (const [words, state] of [
    [[], "NOTRUN"],
    [["rpmlint noarch FAILED"], "NOTRUN"],
    [["depcheck i386 PASSED"], "INCOMPLETE"],
    [["depcheck i386 FAILED"], "FAIL"],
    [["depcheck i386 PASSED", "depcheck x86_64 PASSED", "upgradepath noarch INFO"], "PASS"],
    [["depcheck i386 PASSED", "depcheck x86_64 NEEDS_INSPECTION", "upgradepath noarch PASSED"], "FAIL"],
    [["depcheck i386 FAILED", "depcheck i386 PASSED"], "INCOMPLETE"],
  ] as const) {
    it(`is ${state} after: ${words.join(", ") || "nothing"}`, () => {
      assert.equal(
        updateState(
          words.map((each) => said(each)),
          expected,
        ),
        state,
      );
    });
  }
});

describe("e-mail", () => {
  it("is not sent when all is well", () => assert.deepEqual(mailed(allPassed), [false, false, false]));

  it("is sent once a failure is complete, with the comment that completes it", () => {
    assert.deepEqual(mailed(oneFailed), [false, false, true]);
  });

  it("is sent when a failure has become a pass, once all pass", () => {
    const repaired = [...oneFailed, said("depcheck i386 PASSED", 1)];
    assert.deepEqual(mailed(repaired).slice(3), [true]);
  });

  it("is not sent for more failures of a failing update before three days are over", () => {
    const more = [
      ...oneFailed,
      said("depcheck x86_64 FAILED", 2),
      said("depcheck x86_64 FAILED", 4),
      said("depcheck i386 FAILED", 4),
    ];
    assert.deepEqual(mailed(more).slice(3), [false, true, false]);
  });

  it("is not about tests that are not expected", () => {
    assert.deepEqual(mailed([...allPassed, said("rpmlint noarch FAILED")]).slice(3), [false]);
  });

  it("says of an edited update that failed that it passes now, and not that it still fails", () => {
    assert.deepEqual(mailed(oneFailed, allPassed).slice(3), [false, false, true]);
    assert.deepEqual(mailed(oneFailed, oneFailed).slice(3), [false, false, false]);
  });

  it("is only ever sent for a complete state, and never twice within three days while that is the same", () => {
    const tests = expected.map(({ test, arch }) => `${test} ${arch}`);
    const comment = fc.tuple(fc.constantFrom(...tests), fc.constantFrom("PASSED", "FAILED", "INFO"), fc.nat(2));
    fc.assert(
      fc.property(fc.array(comment, { maxLength: 15 }), (rows) => {
        let days = 0;
        const part = rows.map(([test, outcome, pause]) => {
          days += pause;
          return said(`${test} ${outcome}`, days);
        });
        let lastMail: { at: number; state: string } | undefined;
        mailed(part).forEach((mail, i) => {
          if (!mail) return;
          const before = part.slice(0, i + 1);
          const state = updateState(before, expected);
          assert.ok(expected.every(({ test, arch }) => before.some((own) => own.test === test && own.arch === arch)));
          const at = part[i]?.at.getTime() ?? 0;
          if (lastMail?.state === state) assert.ok(at - lastMail.at >= 3 * day);
          lastMail = { at, state };
        });
      }),
    );
  });
});

describe("a verdict", () => {
  it("is said when it is new or another than before", () => {
    assert.equal(shouldSay([], said("depcheck i386 PASSED")), true);
    assert.equal(shouldSay([said("depcheck i386 FAILED")], said("depcheck i386 PASSED")), true);
    assert.equal(shouldSay([said("depcheck x86_64 PASSED")], said("depcheck i386 PASSED")), true);
  });

  it("is not repeated, save a failure after three days", () => {
    assert.equal(shouldSay([said("depcheck i386 PASSED")], said("depcheck i386 PASSED", 30)), false);
    assert.equal(shouldSay([said("depcheck i386 FAILED")], said("depcheck i386 FAILED", 2.9)), false);
    assert.equal(shouldSay([said("depcheck i386 FAILED")], said("depcheck i386 FAILED", 3)), true);
  });
});

describe("AutoQA's own comments in bodhi", () => {
  const comment = (author: string, text: string): Comment => ({
    author,
    text,
    timestamp: "2011-05-21 17:00:00",
  });
  const own = (outcome: Outcome, arch = "i386", author = "autoqa") =>
    comment(
      author,
      commentText("depcheck", outcome, arch, "http://autoqa:8080/results/1-autoqa/client1/depcheck/results/output.log"),
    );
  const edited = comment(
    "bodhi",
    "carol has edited this update. New build(s): mint-2.1-1.fc15. Removed build(s): mint-2.0-1.fc15.",
  );
  const forStable = comment("bodhi", "This update has been submitted for stable by carol. ");

  it("accept an update on the architecture of which they say that it passed, however bodhi wraps them", () => {
    const comments = [comment("autoqa (qa)", own("PASSED").text.replace(/\s+/g, "\n"))];
    assert.equal(isAccepted(comments, "autoqa", "depcheck", "i386"), true);
    assert.equal(isAccepted(comments, "autoqa", "depcheck", "x86_64"), false);
    assert.equal(isAccepted(comments, "autoqa", "rpmlint", "i386"), false);
  });

  it("are not what somebody else writes", () => {
    assert.equal(isAccepted([own("PASSED", "i386", "mallory")], "autoqa", "depcheck", "i386"), false);
    assert.equal(isAccepted([comment("autoqa", `> ${own("PASSED").text}`)], "autoqa", "depcheck", "i386"), false);
  });

  it("count for nothing after the builds were edited, or for another push", () => {
    assert.equal(isAccepted([own("PASSED"), edited], "autoqa", "depcheck", "i386"), false);
    assert.equal(isAccepted([own("PASSED"), edited, own("PASSED")], "autoqa", "depcheck", "i386"), true);
    assert.equal(isAccepted([own("PASSED"), forStable], "autoqa", "depcheck", "i386"), false);
    const notes = comment("bodhi", "carol edited this update.");
    assert.equal(isAccepted([own("PASSED"), notes], "autoqa", "depcheck", "i386"), true);
    assert.equal(isAccepted([own("PASSED"), comment("mallory", edited.text)], "autoqa", "depcheck", "i386"), true);
  });

  it("are divided by edits, and begin anew with each push", () => {
    const parts = currentComments([own("FAILED"), forStable, own("FAILED"), edited, own("PASSED")], "autoqa");
    assert.deepEqual(
      parts.map((part) => part.map(({ outcome }) => outcome)),
      [["FAILED"], ["PASSED"]],
    );
  });
});
