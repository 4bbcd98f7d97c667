/** Listens on the hypervisor's loopback, where whatever gets out of a machine arrives, and counts what does. */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

export class Witness {
  readonly #tcp = createServer((connection) => {
    this.#seen.push("a TCP connection");
    connection.destroy();
  });
  readonly #udp = createSocket("udp4", (datagram) => this.#seen.push(`a datagram of ${datagram.length} bytes`));
  readonly #seen: string[] = [];

  /** Everything that has arrived so far. */
  get seen(): readonly string[] {
    return this.#seen;
  }

  get tcpPort(): number {
    return (this.#tcp.address() as AddressInfo).port;
  }

  get udpPort(): number {
    return this.#udp.address().port;
  }

  async start(): Promise<void> {
    this.#tcp.listen(0, "127.0.0.1");
    this.#udp.bind(0, "127.0.0.1");
    await Promise.all([once(this.#tcp, "listening"), once(this.#udp, "listening")]);
  }

  async stop(): Promise<void> {
    this.#tcp.close();
    this.#udp.close();
    await Promise.all([once(this.#tcp, "close"), once(this.#udp, "close")]);
  }
}
