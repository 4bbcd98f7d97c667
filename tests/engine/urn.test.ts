import assert from "node:assert/strict";
import {
  displayType,
  makeUrn,
  nameOf,
  packageOf,
  parseProviderReference,
  qualifiedTypeOf,
  typeOf,
} from "../../engine/urn";

describe("URNs", () => {
  const stack = makeUrn("dev", "p", undefined, "pulumi:pulumi:Stack", "p-dev");

  it("carry the chain of their parents' types, but not the stack's", () => {
    const tree = makeUrn("dev", "p", stack, "my:net:Tree", "t");
    assert.equal(tree, "urn:pulumi:dev::p::my:net:Tree::t");
    const leaf = makeUrn("dev", "p", makeUrn("dev", "p", tree, "my:net:Leaf", "l"), "fake:index:Thing", "x::y");
    assert.equal(leaf, "urn:pulumi:dev::p::my:net:Tree$my:net:Leaf$fake:index:Thing::x::y");
    assert.equal(typeOf(leaf), "fake:index:Thing");
    assert.equal(qualifiedTypeOf(leaf), "my:net:Tree$my:net:Leaf$fake:index:Thing");
    assert.equal(nameOf(leaf), "x::y");
  });

  it("belong to packages, providers to the one they provide", () => {
    assert.equal(packageOf("fake:index:Thing"), "fake");
    assert.equal(packageOf("pulumi:providers:fake"), "fake");
    assert.equal(packageOf("pulumi:pulumi:StackReference"), "pulumi");
    assert.deepEqual(parseProviderReference(`${stack}::an-id`), { urn: stack, id: "an-id" });
  });

  it("have types that read better without the file they come from", () => {
    assert.equal(displayType("random:index/randomPet:RandomPet"), "random:index:RandomPet");
    assert.equal(displayType("aws:s3/bucketPolicy:Other"), "aws:s3/bucketPolicy:Other");
    assert.equal(displayType("command:local:Command"), "command:local:Command");
  });
});
