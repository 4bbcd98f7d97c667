/** Which clients are there, and with which labels: whether somebody will take a job, however long the queue is. */
export class Presence {
  readonly #clients = new Map<string, { labels: readonly string[] | undefined; heard: number }>();

  /** @param since when watching began, in the same monotonic milliseconds as all times here */
  constructor(readonly since: number) {}

  /** @param labels as the client states them when it asks for a job, and not when it reports on one */
  heard(name: string, now: number, labels = this.#clients.get(name)?.labels): void {
    this.#clients.set(name, { labels, heard: now });
  }

  /**
   * When a client with all of the labels was last heard of, or since when none was. One that has not asked for a job
   * since the server's restart, for it still has one, may have any.
   */
  lastHeard(needed: readonly string[]): number {
    const able = [...this.#clients.values()].filter(({ labels }) =>
      needed.every((label) => labels?.includes(label) ?? true),
    );
    return Math.max(this.since, ...able.map(({ heard }) => heard));
  }

  /** The clients that have asked for a job. */
  get list(): { name: string; labels: readonly string[] }[] {
    return [...this.#clients].flatMap(([name, { labels }]) => (labels === undefined ? [] : [{ name, labels }]));
  }
}
