import assert from "node:assert/strict";
import { allSignatures, bind } from "../../../services/koji/binding";
import type { Value } from "../../../services/xmlrpc/values";

function bound(method: string, params: Value[]) {
  const signature = allSignatures().get(method);
  assert.ok(signature, method);
  return bind(signature, params);
}

describe("services/koji/binding", () => {
  it("binds by place, by name, and the rest by default", () => {
    const { values } = bound("listTagged", ["dist-f15", { latest: true, package: "mint", __starstar: true }]);
    assert.deepEqual(
      { ...values },
      {
        tag: "dist-f15",
        event: null,
        inherit: false,
        prefix: null,
        latest: true,
        package: "mint",
        owner: null,
        type: null,
        strict: true,
        extra: false,
        draft: null,
      },
    );
  });

  it("takes a last struct for an argument, unless it says that it is named arguments", () => {
    assert.deepEqual(bound("getBuild", [{ name: "mint" }]).values.buildInfo, { name: "mint" });
  });

  it("keeps what *args and **kwargs take apart", () => {
    assert.deepEqual(bound("echo", [1, 2]).rest, [1, 2]);
    assert.deepEqual({ ...bound("queryHistory", [{ build: 1, __starstar: true }]).keywords }, { build: 1 });
  });

  const refused: readonly [string, Value[], string][] = [
    ["getBuild", [], "getBuild() missing 1 required positional argument: 'buildInfo'"],
    ["tagBuild", [], "tagBuild() missing 2 required positional arguments: 'tag' and 'build'"],
    ["getRPMFile", [], "getRPMFile() missing 2 required positional arguments: 'rpmID' and 'filename'"],
    ["getBuild", [1, 2, 3], "getBuild() takes from 1 to 2 positional arguments but 3 were given"],
    ["getPerms", [1], "getPerms() takes 0 positional arguments but 1 was given"],
    ["getBuild", [1, { nvr: 1, __starstar: true }], "getBuild() got an unexpected keyword argument 'nvr'"],
    ["getBuild", [1, { buildInfo: 1, __starstar: true }], "getBuild() got multiple values for argument 'buildInfo'"],
  ];
  for (const [method, params, message] of refused) {
    it(message, () => assert.throws(() => bound(method, params), { message, code: 1019 }));
  }

  it("understands every signature of the hub", () => {
    assert.ok(allSignatures().size > 300);
    for (const signature of allSignatures().values()) assert.match(signature.name, /^[\w.]+$/);
  });
});
