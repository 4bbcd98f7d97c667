import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DownloadError, downloadRpms } from "../../../autoqa/koji/files";

const build = { name: "huge", version: "1.0", release: "1" };
const sizeBytes = 1_000_000;
const rpm = { ...build, arch: "noarch", size: sizeBytes };

describe("downloading a build's RPMs", () => {
  let directory: string;
  let koji: Server;
  let url: string;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-files-"));
    koji = createServer((_, response) => response.end(Buffer.alloc(sizeBytes))).listen(0, "127.0.0.1");
    await once(koji, "listening");
    url = `http://127.0.0.1:${(koji.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    koji.closeAllConnections();
    koji.close();
    rmSync(directory, { recursive: true });
  });

  it("says so where one is too large for the disk, and does not put it on koji", async () => {
    symlinkSync("/dev/full", join(directory, "huge-1.0-1.noarch.rpm"));
    await assert.rejects(
      downloadRpms(url, build, [rpm], directory),
      (error: Error) =>
        error instanceof DownloadError &&
        error.message === `huge-1.0-1.noarch.rpm of ${sizeBytes} bytes has no room here (ENOSPC)`,
    );
  });
});
