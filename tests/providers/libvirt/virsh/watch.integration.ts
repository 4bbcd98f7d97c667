import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Virsh } from "../../../../providers/libvirt/virsh/virsh";
import { Hypervisor } from "../support/hypervisor";

const IMPATIENCE = { commandMilliseconds: 200, answerMilliseconds: 2000 };

describe("a long command", () => {
  let hypervisor: Hypervisor;
  let directory: string;
  let server: Server;
  let uri: string;
  const sockets = new Set<Socket>();

  before(async () => {
    hypervisor = await Hypervisor.prepare();
    directory = mkdtempSync(join(tmpdir(), "silent-libvirt-"));
    server = createServer((socket) => sockets.add(socket));
    const path = join(directory, "socket");
    await new Promise<void>((resolve) => server.listen(path, resolve));
    uri = `qemu+unix:///system?socket=${path}`;
  });
  after(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    rmSync(directory, { recursive: true });
    await hypervisor.cleanUp();
  });

  it("is given up when libvirt takes the connection and then is silent", async () => {
    const virsh = new Virsh(uri, new AbortController().signal, IMPATIENCE);
    await assert.rejects(virsh.run(["list"]), {
      message: `libvirt does not answer at ${uri} (no answer for 2 s); start it there, or run "npm run setup" for this machine`,
    });
  });

  it("is waited for as long as libvirt answers", async () => {
    const virsh = new Virsh("qemu:///system", new AbortController().signal, IMPATIENCE);
    // The only command of virsh that takes as long as one likes: an event that does not come.
    const before = performance.now();
    await assert.rejects(virsh.run(["pool-event", "--event", "lifecycle", "--timeout", "3"]), /./);
    assert.ok(performance.now() - before > 2500);
  });
});
