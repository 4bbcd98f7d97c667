/** SSH connections of remote commands: dialled with retries, shared by commands to the same place. */
import net from "node:net";
import type { Client, ConnectConfig } from "ssh2";
import { ProviderError } from "../../plugins/provider";
import { isMap, type PropertyMap, type PropertyValue } from "../../values/property";

const FIRST_DELAY_MS = 100;
const BACKOFF = 1.5;
const LONGEST_DELAY_MS = 5_000;
/** How long an unused connection is kept for the next command. */
const IDLE_MS = 3_000;
/** sshd's default MaxSessions is 10. */
const SESSIONS_PER_CONNECTION = 8;
/** A server that has begun to answer gets this many times the dial timeout for the rest of the handshake. */
const HANDSHAKE_FACTOR = 8;
const KEEPALIVE_MS = 15_000;
const KEEPALIVES_UNANSWERED = 8;

export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly privateKey: string | undefined;
  readonly privateKeyPassword: string | undefined;
  readonly agentSocketPath: string | undefined;
  /** Failed dials before giving up; -1 for never. */
  readonly dialErrorLimit: number;
  /** Seconds; 0 for no limit. */
  readonly perDialTimeout: number;
  /** `ssh-ed25519 AAAA…`; undefined accepts any key. */
  readonly hostKey: string | undefined;
  readonly proxy: ConnectionSettings | undefined;
}

/** Reads the `connection` of a remote command. Throws a ProviderError when the host is missing. */
export function connectionSettings(value: PropertyValue | undefined, role = "connection"): ConnectionSettings {
  if (!isMap(value)) throw new ProviderError(`${role} must be an object with a host`);
  const text = (key: string) => (typeof value[key] === "string" && value[key] !== "" ? value[key] : undefined);
  const number = (key: string, fallback: number) => (typeof value[key] === "number" ? value[key] : fallback);
  const host = text("host");
  if (!host) throw new ProviderError(`${role}.host is required`);
  return {
    host,
    port: number("port", 22),
    user: text("user") ?? "root",
    password: text("password"),
    privateKey: text("privateKey"),
    privateKeyPassword: text("privateKeyPassword"),
    agentSocketPath: text("agentSocketPath") ?? process.env.SSH_AUTH_SOCK,
    dialErrorLimit: number("dialErrorLimit", 10),
    perDialTimeout: number("perDialTimeout", 15),
    hostKey: text("hostKey"),
    proxy: value.proxy === undefined ? undefined : connectionSettings(value.proxy, `${role}.proxy`),
  };
}

export interface DialOptions {
  readonly status: (line: string) => void;
  readonly cancelled: AbortSignal;
}

/**
 * Connects, trying again as long as the limits allow. Throws a ProviderError with the last failure, or when cancelled.
 */
export async function dial(settings: ConnectionSettings, options: DialOptions): Promise<Client> {
  const proxy = settings.proxy && (await dial(settings.proxy, options));
  let delay = FIRST_DELAY_MS;
  for (let failed = 0; ; delay = Math.min(delay * BACKOFF, LONGEST_DELAY_MS)) {
    try {
      const client = await connect(settings, proxy);
      if (proxy) client.once("close", () => proxy.end());
      return client;
    } catch (error) {
      const { dialErrorLimit: limit, host, port } = settings;
      if (limit >= 0 && failed >= limit) {
        proxy?.end();
        const reason = (error as Error).message;
        throw new ProviderError(`after ${failed} failed attempts to reach ${host}:${port} by ssh: ${reason}`);
      }
      failed += 1;
      options.status(`Dial ${failed}/${limit < 0 ? "inf" : limit} failed: retrying`);
      await pause(delay, options.cancelled);
      if (options.cancelled.aborted)
        throw new ProviderError(`cancelled while waiting for ${host}:${port} to answer ssh`);
    }
  }
}

function pause(milliseconds: number, cancelled: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      cancelled.removeEventListener("abort", done);
      resolve();
    }
    cancelled.addEventListener("abort", done);
    if (cancelled.aborted) done();
  });
}

async function connect(settings: ConnectionSettings, proxy: Client | undefined): Promise<Client> {
  const { Client } = await import("ssh2");
  const timeout = settings.perDialTimeout * 1000;
  const stream = proxy ? await forwarded(proxy, settings) : await tcp(settings, timeout);
  const client = new Client();
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const limit = (milliseconds: number, why: string) => {
      clearTimeout(timer);
      if (timeout > 0) timer = setTimeout(() => fail(new Error(why)), milliseconds);
    };
    const fail = (error: Error) => {
      clearTimeout(timer);
      client.end();
      stream.destroy();
      reject(error);
    };
    limit(timeout, `no ssh server answered within ${settings.perDialTimeout} s`);
    stream.once("data", () =>
      limit(
        timeout * HANDSHAKE_FACTOR,
        `the ssh handshake took longer than ${settings.perDialTimeout * HANDSHAKE_FACTOR} s`,
      ),
    );
    client.once("ready", () => {
      clearTimeout(timer);
      // An error after this ends the connection; whoever uses it then sees its close.
      client.on("error", () => {});
      resolve(client);
    });
    client.on("error", fail);
    client.once("close", () => fail(new Error("the server closed the connection")));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(() => settings.password ?? "")),
    );
    try {
      client.connect(clientConfig(settings, stream));
    } catch (error) {
      fail(error as Error);
    }
  });
}

function clientConfig(settings: ConnectionSettings, sock: NonNullable<ConnectConfig["sock"]>): ConnectConfig {
  const { hostKey, privateKey, privateKeyPassword, password, agentSocketPath } = settings;
  const blob = hostKey?.trim().split(/\s+/)[1];
  return {
    sock,
    username: settings.user,
    readyTimeout: 0,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVES_UNANSWERED,
    ...(privateKey !== undefined && { privateKey }),
    ...(privateKeyPassword !== undefined && { passphrase: privateKeyPassword }),
    ...(password !== undefined && { password, tryKeyboard: true }),
    ...(agentSocketPath !== undefined && { agent: agentSocketPath }),
    ...(blob !== undefined && { hostVerifier: (key: Buffer) => key.toString("base64") === blob }),
  };
}

function tcp({ host, port, perDialTimeout }: ConnectionSettings, timeout: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeout, () => fail(new Error(`no connection within ${perDialTimeout} s`)));
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeListener("error", fail);
      resolve(socket);
    });
  });
}

function forwarded(
  proxy: Client,
  { host, port }: ConnectionSettings,
): Promise<NonNullable<ConnectConfig["sock"]> & net.Socket> {
  return new Promise((resolve, reject) =>
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, stream) =>
      error ? reject(error) : resolve(stream as unknown as net.Socket),
    ),
  );
}

interface Shared {
  readonly client: Promise<Client>;
  sessions: number;
  idle: NodeJS.Timeout | undefined;
}

/**
 * Lends connections out. A handshake with a machine under emulation costs more than most commands, so commands to one
 * place share connections, and a connection outlives its last command for a moment.
 */
export class ConnectionPool {
  private readonly shared = new Map<string, Shared[]>();

  /** Runs `work` on a connection to the place that the property describes. */
  async use<T>(connection: PropertyMap, options: DialOptions, work: (client: Client) => Promise<T>): Promise<T> {
    const settings = connectionSettings(connection);
    const key = JSON.stringify(settings);
    const entry = this.take(key, settings, options);
    entry.sessions += 1;
    try {
      return await work(await entry.client);
    } finally {
      entry.sessions -= 1;
      if (entry.sessions === 0) this.retire(key, entry);
    }
  }

  close(): void {
    for (const { client, idle } of [...this.shared.values()].flat()) {
      clearTimeout(idle);
      void client.then((open) => open.end(), ignore);
    }
    this.shared.clear();
  }

  private take(key: string, settings: ConnectionSettings, options: DialOptions): Shared {
    const entries = this.shared.get(key) ?? [];
    const free = entries.find(({ sessions }) => sessions < SESSIONS_PER_CONNECTION);
    if (free) {
      clearTimeout(free.idle);
      return free;
    }
    const entry: Shared = { client: dial(settings, options), sessions: 0, idle: undefined };
    this.shared.set(key, [...entries, entry]);
    entry.client.then(
      (client) => client.once("close", () => this.forget(key, entry)),
      () => this.forget(key, entry),
    );
    return entry;
  }

  private retire(key: string, entry: Shared): void {
    entry.idle = setTimeout(() => {
      this.forget(key, entry);
      void entry.client.then((client) => client.end(), ignore);
    }, IDLE_MS);
  }

  private forget(key: string, entry: Shared): void {
    clearTimeout(entry.idle);
    this.shared.set(
      key,
      (this.shared.get(key) ?? []).filter((other) => other !== entry),
    );
  }
}

const ignore = (): void => {};
