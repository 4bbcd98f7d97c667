/** The services' comparison of versions, by RPM's own. Needs rpm. */
import assert from "node:assert/strict";
import { compareEvr } from "../../../services/world/evr";
import { comparedByRpm } from "../../autoqa/rpm/versions";

function parse(text: string) {
  const [, epoch, version = "", release = ""] = /^(?:(\d+):)?([^-]*)(?:-(.*))?$/.exec(text) ?? [];
  return { epoch: epoch === undefined ? null : Number(epoch), version, release };
}

describe("the services' version comparison, by RPM itself", function () {
  this.timeout(60_000);

  it("agrees on 20,000 pairs", () => {
    for (const { a, b, order } of comparedByRpm()) {
      assert.equal(Math.sign(compareEvr(parse(a), parse(b))), order, `${a} and ${b}`);
    }
  });
});
