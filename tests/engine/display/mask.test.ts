import assert from "node:assert/strict";
import { SecretMask } from "../../../engine/display/mask";
import { Secret } from "../../../engine/values/property";

describe("the mask over secrets", () => {
  it("hides what was noted, longest first, wherever it is", () => {
    const mask = new SecretMask();
    mask.add("hunter2");
    mask.add("hunter2hunter2");
    assert.equal(mask.apply("a hunter2hunter2, xhunter2x"), "a [secret], x[secret]x");
  });

  it("leaves very short texts alone", () => {
    const mask = new SecretMask();
    mask.add("ab");
    assert.equal(mask.apply("cab"), "cab");
  });

  it("learns from values, and hides long lines of longer texts by themselves", () => {
    const mask = new SecretMask();
    mask.learn({
      a: [new Secret({ key: "-----BEGIN-----\nAAAABBBBCCCCDDDDEEEE\nend" })],
      b: "open and long enough to hide",
    });
    assert.equal(mask.apply("AAAABBBBCCCCDDDDEEEE"), "[secret]");
    assert.equal(mask.apply("end of open and long enough to hide"), "end of open and long enough to hide");
  });
});
