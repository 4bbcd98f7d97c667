import { spawn } from "node:child_process";

/** How long a command may take before libvirt is asked whether it is still there, and how long it has to answer that. */
export interface Patience {
  commandMilliseconds: number;
  answerMilliseconds: number;
}

/** A machine's start may take minutes on a loaded hypervisor; libvirt has threads aside for the question that is asked. */
export const PATIENCE: Patience = { commandMilliseconds: 15_000, answerMilliseconds: 15_000 };

/**
 * Watches over a command that takes long: as long as libvirt answers another question, the command is waited for;
 * `silent` is called when it does not (a stopped daemon, a lost connection), since virsh itself would wait for ever.
 *
 * @returns what ends the watch
 */
export function watchForSilence(
  uri: string,
  { commandMilliseconds, answerMilliseconds }: Patience,
  silent: () => void,
): () => void {
  let end = () => {};
  const wait = () => {
    const timer = setTimeout(ask, commandMilliseconds);
    end = () => clearTimeout(timer);
  };
  const ask = () => {
    // Answered by threads that no other work can occupy (REMOTE_PROC_CONNECT_GET_URI, priority high, remote_protocol.x).
    const question = spawn("virsh", ["--quiet", "--connect", uri, "uri"], { detached: true, stdio: "ignore" });
    let isWatching = true;
    const timer = setTimeout(() => {
      end();
      silent();
    }, answerMilliseconds);
    end = () => {
      isWatching = false;
      clearTimeout(timer);
      question.kill("SIGKILL");
    };
    // An error is an answer, too: the command will end with its own.
    const answered = () => {
      clearTimeout(timer);
      if (isWatching) wait();
    };
    question.once("error", answered).once("close", answered);
  };
  wait();
  return () => end();
}
