/**
 * Delivering: posts go out in job order, per destination, and one that cannot be sent holds back those after it. A
 * destination that is out of order is tried again ever more seldom, without end: no verdict is lost.
 */
import type { Posts } from "./posts";
import type { Delivery, Reporter } from "./reporter";

export interface DeliveryOptions {
  posts: Posts;
  reporters: readonly Reporter[];
  /** The first job that is not finished: posts from there on must wait. */
  firstUnfinished(): number;
  /** Called after posts were sent. */
  delivered(): void;
  log(line: string): void;
  /** Before the first repetition of a post that could not be sent; each further pause is twice as long. */
  firstRetryMilliseconds: number;
}

/** After so many failures in a row AutoQA says that it is idle, though posts are left: waiting longer is no use. */
const failuresUntilDeferred = 3;
const longestRetryMilliseconds = 300_000;

interface Queue {
  reporter: Reporter;
  failures: number;
  timer: NodeJS.Timeout | undefined;
  busy: boolean;
  again: boolean;
}

export class Deliveries {
  readonly #queues: Queue[];
  #stopped = false;

  constructor(readonly options: DeliveryOptions) {
    this.#queues = options.reporters.map((reporter) => ({
      reporter,
      failures: 0,
      timer: undefined,
      busy: false,
      again: false,
    }));
  }

  /** Whether there is nothing to send, or nothing that can be sent now. */
  get idle(): boolean {
    return this.#queues.every(
      ({ reporter, failures, busy }) =>
        !busy && (failures >= failuresUntilDeferred || this.options.posts.countUnsent(reporter.destination) === 0),
    );
  }

  /** Whether something is out of order for so long that waiting for it is no use. */
  get deferred(): boolean {
    return this.#queues.some(({ failures }) => failures >= failuresUntilDeferred);
  }

  /** Sends what can be sent; to be called whenever there may be something. */
  wake(): void {
    for (const queue of this.#queues) if (queue.timer === undefined) void this.#work(queue);
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#queues) clearTimeout(timer);
  }

  async #work(queue: Queue): Promise<void> {
    queue.again = true;
    if (queue.busy) return;
    queue.busy = true;
    while (queue.again && queue.timer === undefined && !this.#stopped) {
      queue.again = false;
      while (!this.#stopped && (await this.#sendNext(queue))) queue.again = true;
    }
    queue.busy = false;
    this.options.delivered();
  }

  /** @returns whether there may be another post to send right away */
  async #sendNext(queue: Queue): Promise<boolean> {
    const { posts, log } = this.options;
    const { destination } = queue.reporter;
    const post = posts.next(destination, this.options.firstUnfinished());
    if (post === undefined) return false;
    posts.sending(post.id);
    let delivery: Delivery;
    try {
      delivery = await queue.reporter.deliver(post);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      posts.settle(post.id, "waiting", message);
      this.#retryLater(queue, `${destination}, job ${post.job}: ${message}`);
      return false;
    }
    queue.failures = 0;
    posts.settle(post.id, delivery.state, delivery.remark);
    log(`${destination}, job ${post.job}: ${delivery.state}: ${delivery.remark}`);
    return true;
  }

  #retryLater(queue: Queue, problem: string): void {
    const delay = Math.min(this.options.firstRetryMilliseconds * 2 ** queue.failures, longestRetryMilliseconds);
    queue.failures += 1;
    this.options.log(`${problem}; next try in ${Math.ceil(delay / 1000)} s`);
    queue.timer = setTimeout(() => {
      queue.timer = undefined;
      this.wake();
    }, delay);
  }
}
