import assert from "node:assert/strict";
import { parseNvr, parseNvra } from "../../../services/world/nvr";

describe("services/world/nvr", () => {
  it("splits from the right", () => {
    assert.deepEqual(parseNvr("a-b-1.0-2.fc15"), { name: "a-b", version: "1.0", release: "2.fc15", epoch: "" });
    assert.deepEqual(parseNvr("1:bind-9.8-1"), { name: "bind", version: "9.8", release: "1", epoch: "1" });
  });

  it("splits an RPM's name, with its suffix and its place", () => {
    assert.deepEqual(parseNvra("mint-2.0-1.fc15.x86_64.rpm@ext"), {
      name: "mint",
      version: "2.0",
      release: "1.fc15",
      epoch: "",
      arch: "x86_64",
      location: "ext",
    });
  });

  for (const wrong of ["", "mint", "mint-1.0", "mint-1.0-", "-1-", "a--1"]) {
    it(`refuses ${JSON.stringify(wrong)} with koji's words`, () => {
      assert.throws(() => parseNvr(wrong), { message: `invalid format: ${wrong}`, code: 1000 });
    });
  }
});
