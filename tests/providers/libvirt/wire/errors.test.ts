import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import {
  InitFailedError,
  redact,
  toServiceError,
  UserError,
  withContext,
} from "../../../../providers/libvirt/wire/errors";
import { Secret } from "../../../../providers/libvirt/wire/values";
import { initFailure, secret } from "../support/plugin";

describe("errors on the wire", () => {
  it("keep a user's error in its words, with what was being done in front", () => {
    const error = withContext(new UserError("no such file", status.NOT_FOUND), 'volume "a" could not be made');
    assert.deepEqual(toServiceError(error, []), {
      code: status.NOT_FOUND,
      details: 'volume "a" could not be made: no such file',
    });
  });

  it("say that anything else is our fault", () => {
    const { code, details } = toServiceError(new TypeError("oops"), []);
    assert.equal(code, status.INTERNAL);
    assert.match(details ?? "", /^internal error of the libvirt provider: TypeError: oops/);
  });

  it("carry a resource that did not come up, its secrets still secret", () => {
    const error = new InitFailedError("id", { a: new Secret("pass word") }, { a: new Secret("pass word") }, [
      "it said pass word",
      "second",
    ]);
    const answer = toServiceError(error, ["pass word"]);
    assert.deepEqual(initFailure(answer), {
      id: "id",
      reasons: ["it said [secret]", "second"],
      properties: { a: secret("pass word") },
      inputs: { a: secret("pass word") },
    });
    assert.equal(answer.details, "it said [secret]; second");
  });

  it("cut secrets out, the longest first, but not fragments of words", () => {
    assert.equal(redact("abcdef abcd ab", ["abcd", "abcdef", "ab"]), "[secret] [secret] ab");
  });
});
