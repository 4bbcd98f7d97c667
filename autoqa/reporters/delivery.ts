/**
 * Delivering: posts go out in job order, per destination, and one that cannot be sent holds back those after it. A
 * destination that is out of order is tried again ever more seldom, without end: no verdict is lost. A destination that
 * works and does not take this one post is not asked for ever: the post is set aside, and the page and the status say so.
 */
import { HttpError, Unreachable } from "../http/request";
import type { Destination, Posts } from "./posts";
import { type Delivery, isRefusal, type Reporter } from "./reporter";

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
/** A post that is turned down so often in a row, while the destination works, is set aside. */
const rejectionsUntilSetAside = 10;
const stopMilliseconds = 5_000;

/** Whether it is the destination that does not work, and not the one post that it does not take. */
function isOutOfOrder(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof HttpError && !isRefusal(error));
}

interface Queue {
  reporter: Reporter;
  /** In a row. */
  failures: number;
  /** In a row, of the post that is next. */
  rejections: number;
  problem: string | undefined;
  timer: NodeJS.Timeout | undefined;
  work: Promise<void> | undefined;
  again: boolean;
}

export class Deliveries {
  readonly #queues: Queue[];
  #stopped = false;
  #closed = false;

  constructor(readonly options: DeliveryOptions) {
    this.#queues = options.reporters.map((reporter) => ({
      reporter,
      failures: 0,
      rejections: 0,
      problem: undefined,
      timer: undefined,
      work: undefined,
      again: false,
    }));
  }

  /** Whether there is nothing to send, or nothing that can be sent now. */
  get idle(): boolean {
    return this.#queues.every(
      ({ reporter, failures, work }) =>
        work === undefined &&
        (failures >= failuresUntilDeferred || this.options.posts.countUnsent(reporter.destination) === 0),
    );
  }

  /** Whether the destination is out of order for so long that waiting for it is no use. */
  isDeferred(destination: Destination): boolean {
    return this.#queues.some(
      ({ reporter, failures }) => reporter.destination === destination && failures >= failuresUntilDeferred,
    );
  }

  /** What holds posts back for longer than a moment, in words. */
  get problems(): string[] {
    const held = this.#queues.filter(({ failures }) => failures >= failuresUntilDeferred);
    return held.flatMap(({ problem }) => problem ?? []);
  }

  /** Sends what can be sent; to be called whenever there may be something. */
  wake(): void {
    for (const queue of this.#queues) {
      queue.again = true;
      if (queue.timer === undefined && !this.#stopped) queue.work ??= this.#work(queue);
    }
  }

  /**
   * Begins nothing more, and waits for what is under way: what was sent should be known as sent. What takes too long is
   * left as one that may have arrived.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#queues) clearTimeout(timer);
    let patience: NodeJS.Timeout | undefined;
    const timeUp = new Promise((resolve) => {
      patience = setTimeout(resolve, stopMilliseconds);
    });
    await Promise.race([Promise.all(this.#queues.map(({ work }) => work)), timeUp]);
    clearTimeout(patience);
    this.#closed = true;
  }

  async #work(queue: Queue): Promise<void> {
    while (queue.again && queue.timer === undefined && !this.#stopped) {
      queue.again = false;
      while (!this.#stopped && (await this.#sendNext(queue))) queue.again = true;
    }
    queue.work = undefined;
    if (!this.#stopped) this.options.delivered();
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
      if (this.#closed) return false;
    } catch (error) {
      if (this.#closed) return false;
      const message = error instanceof Error ? error.message : String(error);
      queue.rejections = isOutOfOrder(error) ? 0 : queue.rejections + 1;
      if (queue.rejections < rejectionsUntilSetAside) {
        posts.settle(post.id, "waiting", message);
        this.#retryLater(queue, `${destination}, job ${post.job}: ${message}`);
        return false;
      }
      delivery = { state: "refused", remark: `${message}, ${queue.rejections} times` };
    }
    queue.failures = 0;
    queue.rejections = 0;
    posts.settle(post.id, delivery.state, delivery.remark);
    log(`${destination}, job ${post.job}: ${delivery.state}: ${delivery.remark}`);
    return true;
  }

  #retryLater(queue: Queue, problem: string): void {
    const delay = Math.min(this.options.firstRetryMilliseconds * 2 ** queue.failures, longestRetryMilliseconds);
    queue.failures += 1;
    queue.problem = problem;
    this.options.log(`${problem}; next try in ${Math.ceil(delay / 1000)} s`);
    queue.timer = setTimeout(() => {
      queue.timer = undefined;
      this.wake();
    }, delay);
  }
}
