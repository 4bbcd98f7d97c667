import assert from "node:assert/strict";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { SourcePosition } from "@pulumi/pulumi/proto/source_pb";
import { parseDuration } from "../../../engine/rpc/durations";
import { goalOf, sourcePositionOf } from "../../../engine/rpc/goalCodec";

describe("a registration", () => {
  it("takes protection from its parent, unless it says otherwise", () => {
    const parent = { protect: true, retainOnDelete: true, deletedWith: "urn:host" };
    const request = new RegisterResourceRequest();
    const inherited = goalOf(request, {}, undefined, parent, "/p");
    assert.deepEqual([inherited.protect, inherited.retainOnDelete, inherited.deletedWith], [true, true, "urn:host"]);
    request.setProtect(false);
    request.setRetainondelete(false);
    const own = goalOf(request, {}, undefined, parent, "/p");
    assert.deepEqual([own.protect, own.retainOnDelete], [false, false]);
    assert.equal(goalOf(request, {}, undefined, undefined, "/p").protect, false);
  });

  it("depends with each property on everything, where the SDK cannot tell", () => {
    const request = new RegisterResourceRequest();
    request.setDependenciesList(["urn:a"]);
    assert.deepEqual(goalOf(request, { x: 1 }, undefined, undefined, "/p").propertyDependencies, { x: ["urn:a"] });
    request.getPropertydependenciesMap().set("y", new RegisterResourceRequest.PropertyDependencies());
    assert.deepEqual(goalOf(request, { x: 1 }, undefined, undefined, "/p").propertyDependencies, { y: [] });
  });

  it("has aliases by URN and by what was different", () => {
    const request = new RegisterResourceRequest();
    const byUrn = new Alias();
    byUrn.setUrn("urn:old");
    const orphan = new Alias();
    const spec = new Alias.Spec();
    spec.setName("old");
    spec.setNoparent(true);
    orphan.setSpec(spec);
    request.setAliasesList([byUrn, orphan]);
    const { aliases } = goalOf(request, {}, undefined, undefined, "/p");
    assert.deepEqual(aliases, [{ urn: "urn:old" }, { name: "old", type: "", stack: "", project: "", parent: null }]);
  });

  it("says where it stands, within the project", () => {
    const position = new SourcePosition();
    position.setUri("file:///p/src/index.ts");
    position.setLine(3);
    position.setColumn(7);
    assert.equal(sourcePositionOf(position, "/p"), "project:///src/index.ts#3,7");
    assert.equal(sourcePositionOf(position, "/elsewhere"), undefined);
    assert.equal(sourcePositionOf(undefined, "/p"), undefined);
  });
});

describe("durations", () => {
  it("are read as Go writes them", () => {
    assert.equal(parseDuration("5m"), 300);
    assert.equal(parseDuration("1h30m"), 5400);
    assert.equal(parseDuration("1.5s"), 1.5);
    assert.equal(parseDuration("250ms"), 0.25);
    assert.equal(parseDuration(""), 0);
    assert.throws(() => parseDuration("5 minutes"), /invalid duration/);
  });
});
