/** Whether the supervised program does what it is for, as a deploy asks without the control token. */
import type { Supervised } from "./supervised";

export interface Health {
  /** 200: it works. 503: not yet. 500: it ended again and again and is not started any more. */
  status: 200 | 500 | 503;
  reason: string;
}

/** A program that says nothing of its health must have run for so long, in milliseconds. */
const stableMilliseconds = 3_000;
const timeoutMilliseconds = 5_000;

/** @param url answers 200 once the program works; without it, that the program keeps running must do */
export async function healthOf(
  supervised: Pick<Supervised, "status" | "runningMilliseconds">,
  url: string | undefined,
): Promise<Health> {
  const { state, restarts, exitCode, signal } = supervised.status();
  if (state === "exited") {
    const how = signal ?? `exit code ${exitCode}`;
    return { status: 500, reason: `the program ended ${restarts + 1} times, at last with ${how}, and is given up` };
  }
  if (state === "stopped") return { status: 503, reason: "the program is stopped" };
  if (url !== undefined) return answer(url);
  return supervised.runningMilliseconds() >= stableMilliseconds
    ? { status: 200, reason: "the program runs" }
    : { status: 503, reason: "the program has just been started" };
}

async function answer(url: string): Promise<Health> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds) });
    await response.body?.cancel();
    return { status: response.status === 200 ? 200 : 503, reason: `${url} answers ${response.status}` };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    return { status: 503, reason: `${url}: ${cause?.code ?? message}` };
  }
}
