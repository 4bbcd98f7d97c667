import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { archive } from "../../../components/payload/tar";

describe("archive", () => {
  const files = [
    { name: "start", mode: 0o755, content: "#!/bin/sh\n" },
    { name: "infra.js", mode: 0o644, content: Buffer.from("x".repeat(1000)) },
  ];

  it("is what tar lists, with modes, sizes and root as the owner", async () => {
    const listed = execFileSync("tar", ["--list", "--verbose", "--numeric-owner"], {
      input: await archive(files),
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC" },
    });
    assert.deepEqual(
      listed
        .trim()
        .split("\n")
        .map((line) => line.split(/\s+/)),
      [
        ["-rwxr-xr-x", "0/0", "10", "1970-01-01", "00:00", "start"],
        ["-rw-r--r--", "0/0", "1000", "1970-01-01", "00:00", "infra.js"],
      ],
    );
  });

  it("has the same bytes every time", async () => {
    assert.deepEqual(await archive(files), await archive(files));
  });
});
