import assert from "node:assert/strict";
import { resourceTree } from "../../../engine/display/tree";
import { newState, type ResourceState } from "../../../engine/state/resource";
import { makeUrn, STACK_TYPE, stackUrn } from "../../../engine/urn";

const STACK = stackUrn("dev", "shop");

function resource(type: string, name: string, parent?: string, id = ""): ResourceState {
  return newState({ urn: makeUrn("dev", "shop", parent, type, name), type, custom: id !== "", id, parent });
}

const stack = resource(STACK_TYPE, "shop-dev");
const provider = resource("pulumi:providers:net", "default", undefined, "p-1");
const tree = resource("shop:Tree", "tree", STACK);
const leaf = resource("net:Leaf", "leaf", tree.urn, "l-1");
const after = resource("net:Thing", "after", STACK, "t-1");
const left = { ...resource("net:Thing", "after", STACK, "t-0"), delete: true };

describe("the tree of resources", () => {
  it("puts children below their parents, and what has none at the end", () => {
    const text = resourceTree([stack, provider, tree, leaf, after, left], { showUrns: false, showIds: false });
    assert.equal(
      text,
      [
        "Current stack resources (6):",
        "    TYPE                     NAME",
        "    pulumi:pulumi:Stack      shop-dev",
        "    ├─ shop:Tree             tree",
        "    │  └─ net:Leaf           leaf",
        "    ├─ net:Thing             after",
        "    ├─ net:Thing             after",
        "    └─ pulumi:providers:net  default",
      ].join("\n"),
    );
  });

  it("shows URNs and IDs below the rows, joined to the children", () => {
    const text = resourceTree([stack, tree, leaf], { showUrns: true, showIds: true });
    assert.equal(
      text,
      [
        "Current stack resources (3):",
        "    TYPE                 NAME",
        "    pulumi:pulumi:Stack  shop-dev",
        "    │  URN: urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
        "    └─ shop:Tree         tree",
        "       │  URN: urn:pulumi:dev::shop::shop:Tree::tree",
        "       └─ net:Leaf       leaf",
        "             URN: urn:pulumi:dev::shop::shop:Tree$net:Leaf::leaf",
        "             ID: l-1",
      ].join("\n"),
    );
  });

  it("shows a state without a stack as a list", () => {
    const text = resourceTree([provider], { showUrns: false, showIds: false });
    assert.match(text, /^ {4}pulumi:providers:net {2}default$/m);
  });
});
