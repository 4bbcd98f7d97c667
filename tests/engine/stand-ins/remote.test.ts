import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { commandPackage } from "../../../engine/stand-ins/command/package";
import { Archive, Asset, type PropertyMap, UNKNOWN } from "../../../engine/values/property";
import { provider } from "./calls";
import { keyPair, sshServer, type TestServer } from "./sshServer";

const COMMAND = "command:remote:Command";
const COPY = "command:remote:CopyToRemote";

describe("the stand-in for remote commands", () => {
  const keys = keyPair();
  let server: TestServer;
  let command: ReturnType<typeof provider>;
  const connection = (more: PropertyMap = {}): PropertyMap => ({
    host: "127.0.0.1",
    port: server.port,
    user: "root",
    privateKey: keys.private,
    dialErrorLimit: 2,
    ...more,
  });

  beforeEach(async () => {
    server = await sshServer(keys.public);
    command = provider(commandPackage());
  });
  afterEach(async () => {
    await command.standIn.close();
    await server.close();
  });

  it("runs commands and shows what they print", async () => {
    const inputs = { connection: connection(), create: "cat; echo err >&2", stdin: "in" };
    const { outputs } = await command.create(COMMAND, inputs);
    assert.equal(outputs.stdout, "in");
    assert.equal(outputs.stderr, "err");
    assert.deepEqual(command.lines().sort(), ["err", "in"]);
  });

  it("fails with status and output", async () => {
    const failing = command.create(COMMAND, { connection: connection(), create: "echo sorry; exit 3" });
    await assert.rejects(
      failing,
      /^Error: Process exited with status 3: running "echo sorry; exit 3":\nsorry\n$|Process exited with status 3/,
    );
    const killed = command.create(COMMAND, { connection: connection(), create: "kill -KILL $$" });
    await assert.rejects(killed, /Process exited with signal (SIG)?KILL/);
  });

  it("shares a connection between commands to one place", async () => {
    const run = () => command.create(COMMAND, { connection: connection(), create: "sleep 0.1; echo hi" });
    await Promise.all([run(), run(), run()]);
    await run();
    assert.equal(server.connections, 1);
  });

  it("dials again until the server answers, and says so", async () => {
    server.refuse = 2;
    const { outputs } = await command.create(COMMAND, { connection: connection(), create: "echo hi" });
    assert.equal(outputs.stdout, "hi");
    assert.deepEqual(command.lines(), ["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying", "hi"]);
  });

  it("gives up after the allowed number of failures", async () => {
    server.refuse = 3;
    const place = `127.0.0.1:${server.port}`;
    await assert.rejects(command.create(COMMAND, { connection: connection(), create: "echo hi" }), (error: Error) =>
      error.message.startsWith(`after 2 failed attempts to reach ${place} by ssh: `),
    );
  });

  it("does not wait longer than the dial timeout for a server that says nothing", async () => {
    const silent = net.createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as net.AddressInfo;
    const mute = connection({ port, perDialTimeout: 0.2, dialErrorLimit: 0 });
    await assert.rejects(
      command.create(COMMAND, { connection: mute, create: "x" }),
      /no ssh server answered within 0\.2 s/,
    );
    silent.close();
  });

  it("stops dialling when the deployment is cancelled", async () => {
    const port = server.port;
    await server.close();
    const waiting = command.create(COMMAND, { connection: connection({ port, dialErrorLimit: -1 }), create: "x" });
    while (command.lines().length === 0) await new Promise((resolve) => setImmediate(resolve));
    await command.standIn.cancel();
    await assert.rejects(waiting, /cancelled while waiting for 127\.0\.0\.1/);
    assert.match(command.lines()[0] ?? "", /Dial 1\/inf failed/);
    server = await sshServer(keys.public);
  });

  it("sends the environment, and names variables that the server does not take", async () => {
    server.acceptEnv.add("GOOD");
    const inputs = (environment: PropertyMap) => ({ connection: connection(), create: "echo $GOOD", environment });
    assert.equal((await command.create(COMMAND, inputs({ GOOD: "fine day" }))).outputs.stdout, "fine day");
    await assert.rejects(
      command.create(COMMAND, inputs({ GOOD: "x", BAD: "y" })),
      /could not set environment variable "BAD": This only works if .* AcceptEnv/,
    );
  });

  it("takes a password, and checks the host's key when it is given one", async () => {
    const { privateKey: _none, ...without } = connection({ password: "right" });
    assert.equal((await command.create(COMMAND, { connection: without, create: "echo hi" })).outputs.stdout, "hi");
    const known = connection({ hostKey: server.hostKey });
    assert.equal((await command.create(COMMAND, { connection: known, create: "echo hi" })).outputs.stdout, "hi");
    const other = connection({ hostKey: keyPair().public, dialErrorLimit: 0 });
    await assert.rejects(command.create(COMMAND, { connection: other, create: "x" }), /by ssh: .*(verif|host)/i);
  });

  it("says what is missing before anything is tried", async () => {
    assert.deepEqual(await command.check(COMMAND, { connection: { port: 1 } }), [
      { property: "connection", reason: "connection.host is required" },
    ]);
    assert.deepEqual(await command.check(COMMAND, { connection: { host: UNKNOWN } }), []);
    assert.deepEqual(await command.check(COMMAND, { connection: UNKNOWN }), []);
  });

  describe("that copy files", () => {
    let directory: string;
    const local = (...parts: string[]) => path.join(directory, "local", ...parts);
    const remote = (...parts: string[]) => path.join(directory, "remote", ...parts);
    const copy = (source: Asset | Archive, remotePath: string) =>
      command.create(COPY, { connection: connection(), source, remotePath });

    beforeEach(() => {
      directory = mkdtempSync(path.join(os.tmpdir(), "copy-"));
      mkdirSync(local("tree", "inner"), { recursive: true });
      mkdirSync(remote());
      writeFileSync(local("file.txt"), "contents");
      writeFileSync(local("tree", "inner", "a.txt"), "a");
    });
    afterEach(() => rmSync(directory, { recursive: true }));

    it("put a file where it belongs", async () => {
      await copy(new Asset({ path: local("file.txt") }), remote("deep", "down", "new.txt"));
      assert.equal(readFileSync(remote("deep", "down", "new.txt"), "utf8"), "contents");
      await copy(new Asset({ path: local("file.txt") }), remote());
      assert.equal(readFileSync(remote("file.txt"), "utf8"), "contents");
    });

    it("put a text into a file, never into a directory", async () => {
      await copy(new Asset({ text: "some text" }), remote("text.txt"));
      assert.equal(readFileSync(remote("text.txt"), "utf8"), "some text");
      await assert.rejects(copy(new Asset({ text: "x" }), remote()), /is a directory; when using a text asset/);
    });

    it("put a directory, or what is in it", async () => {
      await copy(new Archive({ path: local("tree") }), remote("one"));
      assert.equal(readFileSync(remote("one", "tree", "inner", "a.txt"), "utf8"), "a");
      await copy(new Archive({ path: `${local("tree")}/` }), remote("two"));
      assert.equal(readFileSync(remote("two", "inner", "a.txt"), "utf8"), "a");
      writeFileSync(remote("file"), "");
      await assert.rejects(copy(new Archive({ path: local("tree") }), remote("file")), /exists but is not a directory/);
    });

    it("copy again only when contents or place changed", async () => {
      const source = new Asset({ path: local("file.txt"), hash: "1" });
      const inputs = { connection: connection(), source, remotePath: remote("f") };
      await command.update(COPY, inputs, { source, remotePath: remote("f") });
      assert.equal(server.connections, 0);
      await command.update(COPY, inputs, { source, remotePath: remote("g") });
      assert.equal(readFileSync(remote("f"), "utf8"), "contents");
    });

    it("say which file is missing", async () => {
      await assert.rejects(
        copy(new Asset({ path: local("none") }), remote("x")),
        /does not exist or cannot be read: .*none/,
      );
      const failures = await command.check(COPY, {
        connection: connection(),
        source: new Archive({ uri: "http://x/" }),
      });
      assert.match(failures[0]?.reason ?? "", /must be a path to a file or directory/);
    });
  });
});
