import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { healthOf } from "../../../services/supervisor/health";
import type { Status } from "../../../services/supervisor/supervised";

function program(state: Status["state"], runningMilliseconds = 0) {
  const status: Status = { state, exitCode: 3, signal: null, restarts: 3, lastLines: [] };
  return { status: () => status, runningMilliseconds: () => runningMilliseconds };
}

describe("health of a supervised program", () => {
  it("is final once it is given up, and says how it ended", async () => {
    assert.deepEqual(await healthOf(program("exited"), undefined), {
      status: 500,
      reason: "the program ended 4 times, at last with exit code 3, and is given up",
    });
  });

  it("is a matter of time while it is stopped or has just been started", async () => {
    assert.equal((await healthOf(program("stopped"), undefined)).status, 503);
    assert.equal((await healthOf(program("running", 100), undefined)).status, 503);
    assert.equal((await healthOf(program("running", 10_000), undefined)).status, 200);
  });

  describe("of one that says itself whether it works", () => {
    let server: Server;
    let answer: number;
    let url: string;

    before(async () => {
      server = createServer((_, response) => response.writeHead(answer).end()).listen(0, "127.0.0.1");
      await once(server, "listening");
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
    });

    it("is what it says, and never final while it runs", async () => {
      for (const [says, expected] of [
        [200, 200],
        [204, 503],
        [404, 503],
        [500, 503],
      ] as const) {
        answer = says;
        const { status, reason } = await healthOf(program("running", 10_000), url);
        assert.deepEqual([status, reason], [expected, `${url} answers ${says}`]);
      }
    });

    it("is bad where nobody answers", async () => {
      server.close();
      await once(server, "close");
      const { status, reason } = await healthOf(program("running", 10_000), url);
      assert.deepEqual([status, reason], [503, `${url}: ECONNREFUSED`]);
    });
  });
});
