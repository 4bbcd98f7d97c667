import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(__dirname, "../../images/overlay/usr/local/sbin/wait-until-healthy");

describe("wait-until-healthy", () => {
  let directory: string;
  const servers: Server[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "wait-until-healthy-"));
    systemd("active");
  });

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    rmSync(directory, { recursive: true });
  });

  /** What the script asks systemd: whether the service is active, and for its journal. */
  function systemd(state: string): void {
    for (const [name, text] of Object.entries({ systemctl: `echo ${state}`, journalctl: "echo out of luck" })) {
      writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(directory, name), 0o755);
    }
  }

  /** @param statuses what /health answers, one after the other, the last one for ever */
  async function service(...statuses: number[]): Promise<number> {
    const server = createServer((request, response) => {
      const status = request.url === "/health" ? (statuses.length > 1 ? statuses.shift() : statuses[0]) : 404;
      response.writeHead(status ?? 404).end('{"status":"a reason"}');
    }).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  async function wait(
    seconds: number,
    ...ports: number[]
  ): Promise<Pick<SpawnSyncReturns<string>, "status" | "stderr">> {
    const child = spawn("bash", [script, ...[seconds, ...ports].map(String)], {
      env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
    });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const [status] = (await once(child, "close")) as [number];
    return { status, stderr };
  }

  it("waits until every port answers 200", async () => {
    const ports = [await service(503, 404, 200), await service(503, 200)];
    assert.deepEqual(await wait(30, ...ports), { status: 0, stderr: "" });
  });

  it("fails at once on an answer 500, with the reason and the journal", async () => {
    const ports = [await service(200), await service(503, 500)];
    const { status, stderr } = await wait(1000, ...ports);
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`http://localhost:${ports[1]}/health answers HTTP/1.1 500 .*a reason`));
    assert.match(stderr, /journal:\n {2}out of luck\n/);
  });

  it("fails at once when the service is not running", async () => {
    systemd("failed");
    const { status, stderr } = await wait(1000, await service(200));
    assert.equal(status, 1);
    assert.match(stderr, /the staging service is not running\n/);
  });

  it("fails when the time is over, and says what it waited for", async () => {
    const port = await service(503);
    const { status, stderr } = await wait(1, port);
    assert.equal(status, 1);
    assert.match(stderr, /not healthy after [12] s: .*answers HTTP\/1.1 503/);
    servers.splice(0)[0]?.close();
    assert.match((await wait(1, port)).stderr, new RegExp(`nothing listens on port ${port}`));
  });
});
