/** An ssh server in this process: runs commands with sh, serves a directory by sftp, and can be made to misbehave. */
import { spawn } from "node:child_process";

import fs from "node:fs";
import type { AddressInfo } from "node:net";
import { type Connection, Server, type ServerChannel, type SFTPWrapper, utils } from "ssh2";

const { OPEN_MODE, STATUS_CODE } = utils.sftp;

export interface TestServer {
  readonly port: number;
  readonly hostKey: string;
  /** How many connections were made so far. */
  connections: number;
  /** Variables that clients may set, as AcceptEnv does. */
  readonly acceptEnv: Set<string>;
  /** This many connections are dropped before the handshake. */
  refuse: number;
  close(): Promise<void>;
}

export const keyPair = () => utils.generateKeyPairSync("ed25519");

export async function sshServer(clientPublicKey: string): Promise<TestServer> {
  const host = keyPair();
  const allowed = utils.parseKey(clientPublicKey);
  if (allowed instanceof Error) throw allowed;
  const open = new Set<Connection>();
  const server = new Server({ hostKeys: [host.private] }, (client) => {
    test.connections += 1;
    open.add(client);
    client.on("error", () => {});
    client.on("close", () => open.delete(client));
    client.on("authentication", (context) => {
      const key = Array.isArray(allowed) ? allowed[0] : allowed;
      const known = context.method === "publickey" && key && context.key.data.equals(key.getPublicSSH());
      const password = context.method === "password" && context.password === "right";
      if (known || password) context.accept();
      else context.reject(["publickey", "password"]);
    });
    client.on("session", (accept) => {
      const session = accept();
      const environment: Record<string, string> = {};
      session.on("env", (acceptEnv, _reject, { key, val }: { key: string; val: string }) => {
        if (test.acceptEnv.has(key)) environment[key] = val;
        acceptEnv?.();
      });
      session.on("exec", (acceptExec, _reject, { command }) => execute(acceptExec(), command, environment));
      session.on("sftp", (acceptSftp) => serveFiles(acceptSftp()));
    });
  });
  const raw = server as unknown as { _srv: import("node:net").Server };
  raw._srv.prependListener("connection", (socket) => {
    if (test.refuse > 0) {
      test.refuse -= 1;
      socket.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const test: TestServer = {
    port: (server.address() as AddressInfo).port,
    hostKey: host.public,
    connections: 0,
    acceptEnv: new Set(),
    refuse: 0,
    close: () => {
      for (const client of open) client.end();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return test;
}

function execute(channel: ServerChannel, command: string, environment: Record<string, string>): void {
  const child = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env.PATH, ...environment } });
  channel.pipe(child.stdin);
  child.stdin.on("error", () => {});
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("close", (code, signal) => {
    if (signal) channel.exit(signal.replace("SIG", ""));
    else channel.exit(code ?? 0);
    channel.end();
  });
}

/** As much of sftp as is needed to take files. */
function serveFiles(sftp: SFTPWrapper): void {
  let next = 0;
  const files = new Map<number, number>();
  const handleOf = (buffer: Buffer) => files.get(buffer.readUInt32BE(0)) ?? -1;
  const answer = (id: number, work: () => void) => {
    try {
      work();
      sftp.status(id, STATUS_CODE.OK);
    } catch {
      sftp.status(id, STATUS_CODE.FAILURE);
    }
  };
  sftp.on("OPEN", (id, filename, flags) => {
    try {
      const file = fs.openSync(filename, flags & OPEN_MODE.WRITE ? "w" : "r");
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE(next, 0);
      files.set(next++, file);
      sftp.handle(id, handle);
    } catch {
      sftp.status(id, STATUS_CODE.FAILURE);
    }
  });
  sftp.on("WRITE", (id, handle, offset, data) =>
    answer(id, () => fs.writeSync(handleOf(handle), data, 0, data.length, offset)),
  );
  sftp.on("FSETSTAT", (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on("CLOSE", (id, handle) => answer(id, () => fs.closeSync(handleOf(handle))));
  sftp.on("MKDIR", (id, directory) => answer(id, () => fs.mkdirSync(directory)));
  const stat = (id: number, place: string) => {
    const found = fs.statSync(place, { throwIfNoEntry: false });
    if (!found) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    const { mode, uid, gid, size } = found;
    return sftp.attrs(id, { mode, uid, gid, size, atime: 0, mtime: 0 });
  };
  sftp.on("STAT", stat);
  sftp.on("LSTAT", stat);
}
